import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { PlumblineError } from '../errors.ts';

/**
 * A kubeconfig as a file holds it, as far as anybody here reads it; fields that are not named are kept. The lists may be missing or
 * null, which is how kubectl writes an empty one.
 */
const kubeconfigFile = z.looseObject({
  'current-context': z.string().nullish(),
  contexts: z.array(z.object({ name: z.string(), context: z.looseObject({ cluster: z.string(), user: z.string().nullish() }) })).nullish(),
  clusters: z.array(z.object({ name: z.string(), cluster: z.looseObject({ server: z.url() }) })).nullish(),
  users: z.array(z.object({ name: z.string(), user: z.looseObject({}).nullish() })).nullish(),
  extensions: z.array(z.object({ name: z.string(), extension: z.unknown() })).nullish(),
});

export type KubeconfigFile = z.infer<typeof kubeconfigFile>;

/** One user at one cluster: what a context names. */
export interface KubeconfigContext {
  readonly cluster: Readonly<Record<string, unknown>> & { readonly server: string };
  readonly user: Readonly<Record<string, unknown>>;
}

/** @throws PlumblineError PL-KUBECONFIG-UNREADABLE for a file that is missing, no YAML, or no kubeconfig */
export async function readKubeconfig(path: string): Promise<KubeconfigFile> {
  try {
    return kubeconfigFile.parse(parse(await readFile(path, 'utf8')) ?? {});
  } catch (cause) {
    const seen = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : String(cause);
    throw unreadable(path, seen, cause);
  }
}

/** The current context of a file that names all of it. @throws PlumblineError PL-KUBECONFIG-UNREADABLE */
export function currentContext(path: string, file: KubeconfigFile): KubeconfigContext {
  const find = <T extends { readonly name: string }>(list: readonly T[] | null | undefined, name: string | null | undefined): T => {
    const found = list?.find((one) => one.name === name);
    if (!found) throw unreadable(path, `nothing is called ${name ?? '(no name)'} in it`);
    return found;
  };
  const { context } = find(file.contexts, file['current-context']);
  // A context without a user is one who needs no proof.
  return { cluster: find(file.clusters, context.cluster).cluster, user: context.user ? find(file.users, context.user).user ?? {} : {} };
}

function unreadable(path: string, seen: string, cause?: unknown): PlumblineError {
  return new PlumblineError({
    code: 'PL-KUBECONFIG-UNREADABLE', kind: 'environment', expected: `a kubeconfig in ${path}`, seen,
    next: 'Where it is a run\'s own, `plumbline down` removes the run; else mend the file: `kubectl config view` reads it, too.', cause,
  });
}
