import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { PlumblineError } from '../../errors.ts';
import { nearest } from '../../run/nearest.ts';
import { guestMark } from '../guest-mark.ts';
import { readKubeconfig } from '../kubeconfig.ts';
import type { KubeconfigContext, KubeconfigFile } from '../kubeconfig.ts';
import type { ProviderSettings } from '../settings.ts';

/** A context of the user's, with all that it names. */
export interface Context {
  readonly name: string;
  readonly named: KubeconfigContext;
  /** A kubeconfig with this context alone, as a run keeps it. */
  forRun(runId: string): KubeconfigFile;
}

type Named<Key extends 'clusters' | 'users' | 'contexts'> = NonNullable<KubeconfigFile[Key]>[number];

/**
 * The contexts that a user means, in order: those named, else the current one; of the file named, else of those in KUBECONFIG, else
 * of ~/.kube/config.
 *
 * @throws PlumblineError PL-KUBECONFIG-MISSING, PL-KUBECONFIG-UNREADABLE, PL-CONTEXT-UNKNOWN with the nearest name
 */
export async function contextsOf({ kubeconfig, contexts }: ProviderSettings, env = process.env): Promise<readonly Context[]> {
  const files = await kubeconfigFiles(kubeconfig, env);
  const merged = mergeFiles(await Promise.all(files.map(async (path) => absolute(await readKubeconfig(path), dirname(path)))));
  const wanted = contexts ?? (merged.current === undefined ? [] : [merged.current]);
  if (wanted.length === 0) throw unknown('a current context, or --context', `none in ${files.join(', ')}`, [...merged.contexts.keys()]);
  return wanted.map((name) => contextOf(name, merged));
}

/** Each context once, where a user names it for several of a platform's clusters. */
export function differentOf(contexts: readonly Context[]): readonly Context[] {
  return [...new Map(contexts.map((one) => [one.name, one])).values()];
}

async function kubeconfigFiles(named: string | undefined, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  const candidates = named !== undefined ? [named] : listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
  // Of several, kubectl passes over those that are not there.
  const there = await Promise.all(candidates.map((path) => access(path).then(() => true, () => false)));
  const files = candidates.filter((_, index) => there[index]);
  if (files.length > 0) return files.map((path) => resolve(path));
  throw new PlumblineError({
    code: 'PL-KUBECONFIG-MISSING', kind: 'environment', expected: 'a kubeconfig', seen: `no file ${candidates.join(', ')}`,
    next: 'Name one with `--kubeconfig FILE`, or set KUBECONFIG.',
  });
}

interface Merged {
  readonly current: string | undefined;
  readonly contexts: ReadonlyMap<string, Named<'contexts'>>;
  readonly clusters: ReadonlyMap<string, Named<'clusters'>>;
  readonly users: ReadonlyMap<string, Named<'users'>>;
}

/** Of what two files name alike the first one counts, as for kubectl. */
function mergeFiles(files: readonly KubeconfigFile[]): Merged {
  const first = <Key extends 'clusters' | 'users' | 'contexts'>(key: Key): ReadonlyMap<string, Named<Key>> =>
    new Map(files.toReversed().flatMap((file) => ((file[key] ?? []) as Named<Key>[]).map((one) => [one.name, one] as const)));
  const current = files.map((file) => file['current-context']).find(Boolean) ?? undefined;
  return { current, contexts: first('contexts'), clusters: first('clusters'), users: first('users') };
}

function contextOf(name: string, { contexts, clusters, users }: Merged): Context {
  const context = contexts.get(name);
  if (!context) throw unknown('a context of the kubeconfig', name, [...contexts.keys()], nearest(name, [...contexts.keys()]));
  const cluster = clusters.get(context.context.cluster);
  if (!cluster) throw unknown(`the cluster of context ${name}`, context.context.cluster, [...clusters.keys()]);
  const user = context.context.user ? users.get(context.context.user) : undefined;
  if (context.context.user && !user) throw unknown(`the user of context ${name}`, context.context.user, [...users.keys()]);
  return { name, named: { cluster: cluster.cluster, user: user?.user ?? {} }, forRun: (runId) => ({
    apiVersion: 'v1', kind: 'Config', 'current-context': name, contexts: [context], clusters: [cluster], users: user ? [user] : [], extensions: guestMark(runId),
  }) };
}

const pathFields = { cluster: ['certificate-authority'], user: ['client-certificate', 'client-key', 'tokenFile'] } as const;

/** Paths in a kubeconfig are meant from its own folder; a run's copy lies elsewhere. */
function absolute(file: KubeconfigFile, folder: string): KubeconfigFile {
  const from = (value: unknown): unknown => (typeof value === 'string' && value !== '' ? resolve(folder, value) : value);
  const moved = <T extends object>(record: T, fields: readonly string[]): T => ({ ...record, ...Object.fromEntries(Object.entries(record).filter(([key]) => fields.includes(key)).map(([key, value]) => [key, from(value)])) });
  const program = (exec: unknown): unknown => {
    const { command } = exec as { command?: unknown };
    // A bare name is looked for on the PATH.
    return typeof command === 'string' && command.includes('/') && !isAbsolute(command) ? { ...exec as object, command: from(command) } : exec;
  };
  return {
    ...file,
    clusters: file.clusters?.map((one) => ({ ...one, cluster: moved(one.cluster, pathFields.cluster) })),
    users: file.users?.map(({ name, user }) => ({ name, user: user && { ...moved(user, pathFields.user), ...(user['exec'] ? { exec: program(user['exec']) } : {}) } })),
  };
}

function unknown(expected: string, seen: string, known: readonly string[], meant?: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-CONTEXT-UNKNOWN', kind: 'usage', expected, seen,
    next: meant === undefined ? `it has ${known.join(', ') || 'none'}` : `did you mean ${meant}? It has ${known.join(', ')}`,
  });
}
