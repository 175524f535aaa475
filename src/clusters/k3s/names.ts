import type { ContainerInfo } from 'dockerode';
import { runLabel } from '../../run/run-label.ts';

const clusterLabel = 'plumbline.dev/cluster';

/** The network of a run, which its clusters share: that is how they reach each other. */
export function networkName(runId: string): string {
  return `plumbline-${runId}`;
}

/** Container of a node; other containers of the network find it under this name. */
export function nodeContainer(runId: string, cluster: string, node: string): string {
  return `plumbline-${runId}-${cluster}-${node}`;
}

export function nodeLabels(runId: string, cluster: string): Record<string, string> {
  return { [runLabel]: runId, [clusterLabel]: cluster };
}

/** A filter for Docker's lists. */
export function labelFilter(runId?: string, cluster?: string): { label: string[] } {
  return { label: [runId === undefined ? runLabel : `${runLabel}=${runId}`, ...(cluster === undefined ? [] : [`${clusterLabel}=${cluster}`])] };
}

/** Without the slash that Docker puts in front of it. */
export function nameOf({ Names }: Pick<ContainerInfo, 'Names'>): string {
  return (Names[0] ?? '').replace(/^\//, '');
}
