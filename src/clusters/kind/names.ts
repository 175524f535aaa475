import { join } from 'node:path';

/** Marks what kind is started for: a process with this variable, and what it starts itself, works on the cluster that it names. */
export const kindVariable = 'PLUMBLINE_KIND_CLUSTER';

/** Leaves room for `-control-plane` in a label's value, which the node's name is as well: Kubernetes takes 63 characters. */
export const longestName = 49;

/** The name under which kind knows a cluster of a run: what is left of a run is found by it. */
export function kindName(runId: string, cluster: string): string {
  return `plumbline-${runId}-${cluster}`;
}

/** The run that a cluster of kind's belongs to; undefined for one that is nobody's run. */
export function runOfKind(name: string): string | undefined {
  return /^plumbline-([a-z0-9]{6})-./.exec(name)?.[1];
}

/** The cluster's own name in its run. */
export function clusterOfKind(name: string): string {
  return name.replace(/^plumbline-[a-z0-9]{6}-/, '');
}

/** Names of the nodes, in the order of their roles: kind names its containers so, and Kubernetes the nodes by their containers. */
export function nodeNames(name: string, count: number): readonly string[] {
  const workers = Array.from({ length: count - 1 }, (_, index) => `${name}-worker${index === 0 ? '' : index + 1}`);
  return [`${name}-control-plane`, ...workers];
}

/** In a cluster's folder; says that it is one of kind's. */
export const configName = 'kind.yaml';

/** What a cluster keeps on disk, in the run's folder. */
export interface KindFiles {
  readonly dir: string;
  readonly config: string;
  readonly kubeconfig: string;
}

/** @param dir the cluster's folder */
export function kindFiles(dir: string): KindFiles {
  return { dir, config: join(dir, configName), kubeconfig: join(dir, 'kubeconfig') };
}
