import type { GoBuild } from '../builds/recipe.ts';
import type { ImageArchive, ImageRecipe } from '../images/source.ts';
import type { RunContext, Step } from '../run/context.ts';
import type { NeededRights } from './rights.ts';

/**
 * Where clusters come from. A provider is one folder beside this file; it says what it can do before it creates
 * anything, and can remove what any run left, however that run ended.
 */
/** In the order in which doctor shows them. */
export const providerNames = ['embedded', 'k3s', 'kind', 'existing'] as const;
export type ProviderName = (typeof providerNames)[number];

export interface ClusterProvider {
  readonly name: ProviderName;
  /** Looks at this machine and changes nothing. */
  abilities(): Promise<Abilities>;
  /** Installs what `abilities` lists as missing and installable; does nothing where nothing is. */
  prepare(context: RunContext): Promise<void>;
  /** What the provider itself needs built, so that the plan can show it and check that it can be had. */
  needs(): { readonly binaries: readonly GoBuild[]; readonly images: readonly ImageRecipe[] };
  /**
   * Where clusters are somebody else's: which rights the user lacks there, a line for each resource; empty where nothing is missing.
   * Left out: the clusters are the run's own.
   */
  missingRights?(needed: NeededRights, runId: string): Promise<readonly string[]>;
  /** Resolves when every node is Ready and the cluster's DNS answers. On failure nothing of it is left. */
  create(spec: ClusterSpec, context: RunContext): Promise<StartedCluster>;
  /** Removes whatever exists of a run, from any state it may have died in, and answers what it removed. */
  remove(runId: string): Promise<readonly string[]>;
  /** Ids of the runs of which something exists on this machine. */
  findRuns(): Promise<readonly string[]>;
  /**
   * Of a run that `findRuns` answered: whether this machine knows nothing of it but what is in a cluster that others use as well. Then
   * somebody elsewhere may work with it, and it is removed only when it is named. Left out: never.
   */
  isElsewhere?(runId: string): boolean;
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
  /** A node's files and its memory group are this machine's: whose memory a file's pages are can be decided, and its use be read at any time. */
  readonly nodeFiles?: true;
  /** What the machine of the nodes can give now, MiB; undefined where nobody says. */
  readonly freeMemoryMiB?: number;
  /** Nodes take images as archives. */
  readonly imageArchives: boolean;
  /** Nodes pull images from registries by themselves. */
  readonly pullsImages: boolean;
  /** How many clusters of a run it has or can make. */
  readonly clusters: number;
  /** How many nodes each of them has or can have. */
  readonly nodes: number;
  /** Nodes are the run's alone: their network may be cut and their processes killed. */
  readonly ownNodes: boolean;
  /** What there is already of an OpenTelemetry operator that is somebody else's, for a person: a second one would be in its way. */
  readonly operatorThere?: string;
  /** Nodes can join a cluster, and leave it, while it runs. */
  readonly nodesChange?: true;
  /** Pod addresses can be reached from this machine. */
  readonly podsReachableFromHost: boolean;
}

export interface ClusterSpec {
  /** DNS label, unique in the run. */
  readonly name: string;
  /** Which of its platform's clusters it is, from 0: a provider that has clusters already takes its own of that number. Left out: 0. */
  readonly place?: number;
  readonly nodes: readonly NodeSpec[];
}

/** What a node is made with, beside its name. */
export type NodeSize = Omit<NodeSpec, 'name'>;

/** The cluster of a platform with this many nodes, or one of its several by name: platforms of one shape share it. @param spare nodes that may join it later */
export function clusterOf(nodes: number, name = 'c', place = 0, sizes: Readonly<Record<string, NodeSize>> = {}, spare = 0): ClusterSpec {
  const specs = Array.from({ length: nodes + spare }, (_, index): NodeSpec => ({
    name: `node-${index + 1}`, ...sizes[`node-${index + 1}`], ...(index < nodes ? {} : { joinsLater: true }),
  }));
  return { name: [`${name}${nodes}`, ...specs.flatMap(sizeLabel), ...(spare > 0 ? [`s${spare}`] : [])].join('-'), place, nodes: specs };
}

/** What those of their nodes take at most whose memory is a limit, all together, MiB. */
export function limitedMiB(clusters: Iterable<ClusterSpec>): number {
  return [...clusters].flatMap(({ nodes }) => nodes).reduce((sum, { memoryMiB = 0 }) => sum + memoryMiB, 0);
}

/** `n2m2048e0`: the second node has 2048 MiB and evicts at 0. */
function sizeLabel({ memoryMiB, evictionMiB }: NodeSpec, index: number): readonly string[] {
  return memoryMiB === undefined ? [] : [`n${index + 1}m${memoryMiB}${evictionMiB === undefined ? '' : `e${evictionMiB}`}`];
}

/** The name of the step in which a cluster is made, for its provider, the plan and the remembered durations. */
export function clusterStep({ name, nodes }: ClusterSpec, provider?: ProviderName): string {
  // That it is joined says nothing of how long it takes to make one.
  const now = nodes.filter(({ joinsLater }) => !joinsLater).length;
  return `${provider === 'existing' ? 'existing ' : ''}cluster ${name} with ${now} ${now === 1 ? 'node' : 'nodes'}`;
}

export interface NodeSpec {
  /** DNS label, unique in the cluster; it is the Kubernetes node's name where the provider can choose that. */
  readonly name: string;
  /** Memory of the node in MiB, as a limit. Left out: what the machine has. */
  readonly memoryMiB?: number;
  /** MiB that have to be free: with less the kubelet evicts pods. 0: never. Left out: 100, the kubelet's own default. */
  readonly evictionMiB?: number;
  /** Only pods that tolerate everything run on it, DaemonSets' as a rule: what a cluster has beside them goes elsewhere. */
  readonly reserved?: boolean;
  /** The cluster is made without it, with a place for it. */
  readonly joinsLater?: true;
}

/** Nodes of a cluster's spec, by name. What is so already stays so. */
export interface NodeChange {
  readonly join?: readonly string[];
  /** At once, as a machine is taken away. */
  readonly leave?: readonly string[];
}

/** On a reserved node, from its registration on. */
export const reservedTaint = { key: 'plumbline.dev/reserved', effect: 'NoSchedule' } as const;

export interface StartedNode {
  /** The Kubernetes node's own name. */
  readonly name: string;
  /** The node's InternalIP. */
  readonly address: string;
}

export interface StartedCluster extends AsyncDisposable {
  readonly name: string;
  readonly provider: ProviderName;
  readonly kubernetesVersion: string;
  /** Of cluster-admin, mode 0600. */
  readonly kubeconfigPath: string;
  /** Those that there are now, in the order of the spec; a cluster that was there before may have more. */
  readonly nodes: readonly StartedNode[];
  /** Makes images available on every node; an image that a node has already is not sent again. */
  loadImages(archives: readonly ImageArchive[]): Promise<void>;
  /** Resolves when the nodes that join are Ready, with every image that the others have. Left out: its nodes stay what they are. */
  changeNodes?(change: NodeChange, step: Pick<Step, 'note'>): Promise<void>;
}
