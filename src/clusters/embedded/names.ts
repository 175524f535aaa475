import { join } from 'node:path';
import { socketsDir } from '../../run/paths.ts';

/**
 * Every name that a cluster gives to something of the kernel. Each begins with the run's id, so that whatever is left
 * can be found and removed by name alone, without a journal.
 */
export interface ClusterNames {
  readonly runId: string;
  /** The cluster's place in its run: one character of [0-9a-z]. */
  readonly index: string;
  readonly bridge: string;
  /** Below the root of each cgroup hierarchy. */
  readonly cgroup: string;
  readonly controlPlaneCgroup: string;
  /** For sockets, whose paths must be short. */
  readonly sockets: string;
  link(node: number): string;
  nodeCgroup(nodeName: string): string;
}

/** Marks a process with its cluster, beside the run. */
export const clusterVariable = 'PLUMBLINE_CLUSTER';

/** How many clusters a run can have: one character in a name. */
export const clusterIndexes = '0123456789abcdefghijklmnopqrstuvwxyz';

export function clusterNames(runId: string, index: string): ClusterNames {
  const cgroup = `plumbline-${runId}/${index}`;
  return {
    runId,
    index,
    // IFNAMSIZ leaves 15 characters: plb + 6 of the run + 1 of the cluster + v + up to 3 of the node.
    bridge: `plb${runId}${index}`,
    cgroup,
    controlPlaneCgroup: `${cgroup}/control-plane`,
    sockets: join(socketsDir(runId), index),
    link: (node) => `plb${runId}${index}v${node}`,
    nodeCgroup: (nodeName) => `${cgroup}/nodes/${nodeName}`,
  };
}

export interface Owned {
  readonly runId: string;
  readonly index: string;
}

/** The run and cluster that a link belongs to, by its name. */
export function ownerOfLink(name: string): Owned | undefined {
  const [, runId, index] = /^plb([a-z0-9]{6})([0-9a-z])(?:v\d{1,3})?$/.exec(name) ?? [];
  return runId !== undefined && index !== undefined ? { runId, index } : undefined;
}

/** The run that a top-level cgroup belongs to, by its name. */
export function runOfCgroup(name: string): string | undefined {
  return /^plumbline-([a-z0-9]{6})$/.exec(name)?.[1];
}
