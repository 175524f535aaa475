import type { GoBuild } from '../builds/recipe.ts';
import type { ImageArchive, ImageRecipe } from '../images/source.ts';
import type { RunContext } from '../run/context.ts';

/**
 * Where clusters come from. A provider is one folder beside this file; it says what it can do before it creates
 * anything, and can remove what any run left, however that run ended.
 */
export interface ClusterProvider {
  readonly name: 'embedded';
  /** Looks at this machine and changes nothing. */
  abilities(): Promise<Abilities>;
  /** Installs what `abilities` lists as missing and installable; does nothing where nothing is. */
  prepare(context: RunContext): Promise<void>;
  /** What the provider itself needs built, so that the plan can show it and check that it can be had. */
  needs(): { readonly binaries: readonly GoBuild[]; readonly images: readonly ImageRecipe[] };
  /** Resolves when every node is Ready and the cluster's DNS answers. On failure nothing of it is left. */
  create(spec: ClusterSpec, context: RunContext): Promise<StartedCluster>;
  /** Removes whatever exists of a run, from any state it may have died in, and answers what it removed. */
  remove(runId: string): Promise<readonly string[]>;
  /** Ids of the runs of which something exists on this machine. */
  findRuns(): Promise<readonly string[]>;
}

/**
 * Where nodes keep the output of their pods, as a pod's hostPath sees it: the kubelet's own default, which the nodes made here are
 * told as well.
 */
export const podLogsFolder = '/var/log/pods';

export interface Abilities {
  readonly usable: boolean;
  /** What stands in the way, or what is worth knowing; a sentence each, with what to do about it. */
  readonly findings: readonly string[];
  /** Debian packages that `prepare` would install. */
  readonly installable: readonly string[];
  /** `enforced`: a node's memory is a kernel limit. */
  readonly nodeMemory: 'enforced' | 'none';
  readonly imageArchives: boolean;
  readonly severalClusters: boolean;
  /** Pod addresses can be reached from this machine. */
  readonly podsReachableFromHost: boolean;
}

export interface ClusterSpec {
  /** DNS label, unique in the run. */
  readonly name: string;
  readonly nodes: readonly NodeSpec[];
}

/** The cluster of a platform with this many nodes, or one of its several by name: platforms of one shape share it. */
export function clusterOf(nodes: number, name = 'c'): ClusterSpec {
  return { name: `${name}${nodes}`, nodes: Array.from({ length: nodes }, (_, index) => ({ name: `node-${index + 1}` })) };
}

/** The name of the step in which a cluster is made, for its provider, the plan and the remembered durations. */
export function clusterStep({ name, nodes }: ClusterSpec): string {
  return `cluster ${name} with ${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}`;
}

export interface NodeSpec {
  /** DNS label, unique in the cluster; it is the Kubernetes node's name. */
  readonly name: string;
  /** Memory of the node in MiB, as a limit. Left out: what the machine has. */
  readonly memoryMiB?: number;
}

export interface StartedNode {
  readonly name: string;
  /** The node's InternalIP. */
  readonly address: string;
}

export interface StartedCluster extends AsyncDisposable {
  readonly name: string;
  readonly provider: ClusterProvider['name'];
  readonly kubernetesVersion: string;
  /** Of cluster-admin, mode 0600. */
  readonly kubeconfigPath: string;
  readonly nodes: readonly StartedNode[];
  /** Makes images available on every node; an image that a node has already is not sent again. */
  loadImages(archives: readonly ImageArchive[]): Promise<void>;
}
