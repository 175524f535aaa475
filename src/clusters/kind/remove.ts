import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../processes/find.ts';
import { findByEnvironment } from '../../processes/proc.ts';
import { removeRunFolders } from '../../run/folders.ts';
import { runsDir } from '../../run/paths.ts';
import { endCalls } from './calls.ts';
import { clusterOfKind, configName, kindFiles, kindVariable, runOfKind } from './names.ts';
import type { KindFiles } from './names.ts';
import { kind } from './program.ts';

/** Milliseconds to list clusters: who has no engine that answers is not kept waiting for one. */
const listTimeoutMs = 5000;
/** Milliseconds to remove the containers of a cluster. */
const deleteTimeoutMs = 120_000;

/** Removes one cluster, in whatever state it is, and its folder. @throws PlumblineError PL-KIND-FAILED */
export async function removeCluster(name: string, { dir, kubeconfig }: KindFiles): Promise<void> {
  await endCalls((one) => one === name);
  await deleteCluster(name, kubeconfig);
  await rm(dir, { recursive: true, force: true });
}

/**
 * Removes every cluster of a run and the run's folders. Where there is no kind, or no engine that answers, that is no error
 * unless the run's folder says that it has clusters of kind's.
 *
 * @throws PlumblineError PL-KIND-FAILED
 */
export async function removeRun(runId: string): Promise<readonly string[]> {
  const ended = await endCalls((one) => runOfKind(one) === runId);
  const dir = join(runsDir(), runId);
  const names = ((await madeClusters(dir)) ? await listClusters() : await clustersHere()).filter((name) => runOfKind(name) === runId);
  for (const name of names) await deleteCluster(name, kindFiles(join(dir, clusterOfKind(name))).kubeconfig);
  return [...ended, ...names.map((name) => `kind cluster ${name}`), ...(await removeRunFolders(runId))];
}

/** Ids of the runs that kind has clusters of, or is at work for. */
export async function findRuns(): Promise<readonly string[]> {
  const [clusters, calls] = await Promise.all([clustersHere(), findByEnvironment(kindVariable)]);
  const ids = [...clusters, ...calls.map((one) => one.value)].map(runOfKind).filter((id) => id !== undefined);
  return [...new Set(ids)];
}

async function clustersHere(): Promise<readonly string[]> {
  return (await findProgram('kind')) === undefined ? [] : listClusters().catch(() => []);
}

async function listClusters(): Promise<readonly string[]> {
  return (await kind(['get', 'clusters'], { timeoutMs: listTimeoutMs })).split('\n').filter((line) => line !== '');
}

/** The kubeconfig is named so that kind doesn't look for the cluster in the user's own. */
async function deleteCluster(name: string, kubeconfig: string): Promise<void> {
  // Of a kind that was killed while it wrote: it would be taken for one that still does.
  await rm(`${kubeconfig}.lock`, { force: true });
  await kind(['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig], { timeoutMs: deleteTimeoutMs });
}

/** Whether a run made clusters with kind, as far as its folder is still there. */
async function madeClusters(runDir: string): Promise<boolean> {
  const files = await readdir(runDir).catch(() => []);
  const configs = await Promise.all(files.map((name) => stat(join(runDir, name, configName)).then(() => true, () => false)));
  return configs.includes(true);
}
