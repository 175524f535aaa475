import { join } from 'node:path';
import type { ImageArchive } from '../../images/source.ts';
import type { RunContext } from '../../run/context.ts';
import type { Step } from '../../run/context.ts';
import { ImageLoader } from '../image-loader.ts';
import { apply } from '../kubernetes.ts';
import type { KubeClient } from '../kubernetes.ts';
import type { NodeSpec } from '../provider.ts';
import { dnsAnswers, nodesReady } from '../ready.ts';
import { together } from '../together.ts';
import type { Credentials } from './credentials.ts';
import { importArchive } from './load-images.ts';
import type { Machine } from './machine.ts';
import type { ClusterNetwork } from './network.ts';
import { joinCluster, startNode } from './node.ts';
import type { NodeSurroundings, RunningNode } from './node.ts';
import { processWait, questionFrom } from './ready.ts';
import { forgetNode, removeNode } from './remove-node.ts';

/** What the nodes of one cluster are made from. */
export interface NodeParts {
  readonly specs: readonly NodeSpec[];
  readonly context: RunContext;
  readonly machine: Machine;
  readonly network: ClusterNetwork;
  /** The cluster's own folder. */
  readonly dir: string;
  readonly kube: string;
  readonly pause: ImageArchive;
  readonly coredns: ImageArchive;
  readonly readyTimeoutMs: number;
}

/** The nodes of one cluster: those that run now, in the order of its spec, whenever they joined. */
export class Nodes {
  readonly #parts: NodeParts;
  readonly #images: ImageLoader<RunningNode>;
  readonly #running = new Map<string, RunningNode>();
  readonly #archives = new Map<string, ImageArchive>();

  constructor(parts: NodeParts) {
    this.#parts = parts;
    this.#images = new ImageLoader((node, archive) => importArchive(node, archive, parts.context));
    this.#archives.set(parts.pause.reference, parts.pause);
  }

  /** The one that has the DNS server, and its image: the others need no import of it. */
  get dnsNode(): string {
    const open = this.#parts.specs.filter(({ joinsLater, reserved }) => !joinsLater && !reserved);
    return (open.find(({ memoryMiB }) => memoryMiB === undefined) ?? open[0] ?? this.#parts.specs[0])?.name ?? '';
  }

  get running(): readonly RunningNode[] {
    return this.#parts.specs.flatMap(({ name }) => this.#running.get(name) ?? []);
  }

  /** Brings archives onto every node, those that join later included. */
  async load(archives: readonly ImageArchive[]): Promise<void> {
    for (const archive of archives) this.#archives.set(archive.reference, archive);
    await this.#images.load(this.running, archives);
  }

  /** Starts nodes whose kubelets find the API server once it is ready. @throws PlumblineError with the last lines of what did not start */
  async start(names: readonly string[], credentials: Credentials, apiServer: Promise<unknown>, stop: AbortController): Promise<readonly RunningNode[]> {
    const signal = AbortSignal.any([this.#parts.context.signal, stop.signal]);
    return together(stop, names.map((name) => this.#start(name, credentials, apiServer, signal)));
  }

  /** Resolves when these nodes are Ready and the cluster's DNS answers on each. @param besides processes whose end ends the wait as well */
  async ready(names: readonly string[], client: KubeClient, step: Pick<Step, 'note'>, besides: Parameters<typeof processWait>[0] = []): Promise<void> {
    const { network, readyTimeoutMs, context } = this.#parts;
    const running = this.running.filter(({ name }) => names.includes(name));
    const wait = { client, ...processWait([...besides, ...running.flatMap((node) => node.processes)]), timeoutMs: readyTimeoutMs, signal: context.signal, step };
    await nodesReady(names, wait);
    await Promise.all([dnsAnswers(running.map((node) => questionFrom(node, network.plan.dnsService)), wait), this.#recordPodRanges(names, client)]);
  }

  /** Ends nodes as a machine ends that is taken away, all their pods with them, and has the cluster forget them. */
  async leave(names: readonly string[], client: KubeClient): Promise<void> {
    const { network, machine, dir } = this.#parts;
    await Promise.all(names.map(async (name) => {
      this.#running.delete(name);
      this.#images.forget(name);
      await removeNode({ names: network.names, cgroups: machine.cgroups, link: network.names.link(this.#indexOf(name)), name, dir: join(dir, 'nodes', name) });
      await forgetNode(client, name);
    }));
  }

  async #start(name: string, credentials: Credentials, apiServer: Promise<unknown>, signal: AbortSignal): Promise<RunningNode> {
    const { network, machine, dir, kube, pause, coredns } = this.#parts;
    const index = this.#indexOf(name);
    const spec = this.#parts.specs[index] as NodeSpec;
    const around: NodeSurroundings = { names: network.names, machine, logs: join(dir, 'logs'), signal };
    const plan = { spec, index, dir: join(dir, 'nodes', name), addresses: network.plan, credentials: credentials.nodeCredentials(index), pauseImage: pause.reference, kube };
    const node = await startNode(plan, around);
    // Before there is a kubelet: a pod that finds its image missing backs off for ten seconds and more.
    await this.#images.load([node], [...this.#archives.values(), ...(name === this.dnsNode ? [coredns] : [])]);
    await apiServer;
    await joinCluster(node, around);
    this.#running.set(name, node);
    return node;
  }

  #indexOf(name: string): number {
    const index = this.#parts.specs.findIndex((spec) => spec.name === name);
    if (index < 0) throw new Error(`the cluster has no place for a node ${name}`);
    return index;
  }

  /** Pod ranges are laid out with the routes; the nodes say so too, as on other clusters. */
  async #recordPodRanges(names: readonly string[], client: KubeClient): Promise<void> {
    await Promise.all(names.map(async (name) => {
      const podCIDR = this.#parts.network.plan.nodes[this.#indexOf(name)]?.podCidr;
      await apply(client, [{ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { podCIDR, podCIDRs: [podCIDR] } } as object]);
    }));
  }
}
