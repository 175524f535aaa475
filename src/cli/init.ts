import { writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockedVersions } from '../builds/versions.ts';
import { PlumblineError, exitCodes, lastCause } from '../errors.ts';
import { draftOf } from '../init/draft.ts';
import { seenInCluster } from '../init/from-cluster.ts';
import { seenInFiles } from '../init/from-files.ts';
import type { Seen } from '../init/seen.ts';
import { configNames } from './config.ts';
import { shortPath } from './output.ts';

interface Flags {
  readonly fromCluster?: string | true;
  readonly from?: readonly string[];
  readonly kubeconfig?: string;
  readonly output?: string;
  readonly force?: boolean;
}

/**
 * `plumbline init`: writes a configuration from what a cluster runs, or from files. The cluster is read and nothing else.
 *
 * @throws PlumblineError PL-FILE-EXISTS without --force; PL-CLUSTER-UNREADABLE
 */
export async function init(_words: readonly string[], { fromCluster, from, kubeconfig, output, force = false }: Flags): Promise<number> {
  if (fromCluster !== undefined && from !== undefined) throw usage('--from-cluster or --from', 'both');
  const path = output === '-' ? undefined : resolve(output ?? configNames[0]);
  const { seen, unread, source } = await described(fromCluster, from, kubeconfig);
  const text = draftOf(seen, { ...(source === undefined ? {} : { source }), unread, schema: schemaFrom(path ?? resolve(configNames[0])), buildable });
  if (path === undefined) process.stdout.write(text);
  else await write(path, text, force);
  return exitCodes.kept;
}

interface Described {
  readonly seen: readonly Seen[];
  readonly unread: readonly string[];
  readonly source?: string;
}

async function described(fromCluster: string | true | undefined, from: readonly string[] | undefined, kubeconfig: string | undefined): Promise<Described> {
  if (from !== undefined) return { ...await seenInFiles(from), source: from.join(', ') };
  if (fromCluster === undefined) return { seen: [], unread: [] };
  try {
    const { context, ...cluster } = await seenInCluster(fromCluster === true ? undefined : fromCluster, kubeconfig);
    return { ...cluster, source: `the cluster of context ${context}` };
  } catch (thrown) {
    if (thrown instanceof PlumblineError) throw thrown;
    throw new PlumblineError({ code: 'PL-CLUSTER-UNREADABLE', kind: 'environment', expected: 'a cluster that answers', seen: lastCause(thrown) || String(thrown), next: 'plumbline doctor --context <name> says what of it can be used', cause: thrown });
  }
}

/** A file as an editor's comment names it. */
function schemaFrom(path: string): string {
  const schema = relative(dirname(path), fileURLToPath(new URL('./config.schema.json', import.meta.url)));
  return schema.startsWith('.') ? schema : `./${schema}`;
}

function buildable(component: string): readonly string[] {
  return lockedVersions(component, fileURLToPath(new URL(`../components/${component}/locks`, import.meta.url)));
}

async function write(path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const there = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new PlumblineError({
      code: there ? 'PL-FILE-EXISTS' : 'PL-OUTPUT-UNUSABLE', kind: 'usage', expected: there ? 'a file that is not there yet' : 'a file that can be written', seen: `${path}: ${lastCause(cause)}`,
      next: there ? 'name another with --output FILE, or replace it with --force' : 'name another with --output FILE', cause,
    });
  }
  process.stdout.write(`${shortPath(path)} is written. Look through it, then: plumbline config\n`);
}

function usage(expected: string, seen: string): PlumblineError {
  return new PlumblineError({ code: 'PL-USAGE', kind: 'usage', expected, seen, next: 'plumbline init --help' });
}
