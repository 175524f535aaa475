import { join } from 'node:path';
import type { ImageArchive } from '../../images/source.ts';
import type { StartedProcess } from '../../processes/start.ts';
import type { RunContext, Step } from '../../run/context.ts';
import { ImageLoader } from '../image-loader.ts';
import { apply, kubeClient } from '../kubernetes.ts';
import type { KubeClient } from '../kubernetes.ts';
import type { ClusterSpec, StartedCluster } from '../provider.ts';
import { dnsAnswers, nodesReady } from '../ready.ts';
import { apiServerPort, startApiServer, startControllers } from './control-plane.ts';
import type { ControlPlanePlan } from './control-plane.ts';
import { createCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { dnsObjects } from './dns.ts';
import { acceptBridge } from './firewall.ts';
import { onOwnGround } from './ground.ts';
import { checkInotify } from './inotify.ts';
import { importArchive } from './load-images.ts';
import { lookAtMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import type { ClusterNetwork } from './network.ts';
import { joinCluster, startNode, type RunningNode } from './node.ts';
import { processWait, questionFrom } from './ready.ts';
import { together } from '../together.ts';

/** What a cluster is made from. */
export interface Parts {
  /** Path of the multi-call binary of Kubernetes and etcd. */
  readonly kube: string;
  readonly coredns: ImageArchive;
  readonly pause: ImageArchive;
  readonly kubernetesVersion: string;
}

interface Making {
  readonly spec: ClusterSpec;
  readonly context: RunContext;
  readonly parts: Parts;
  readonly step: Step;
  readonly machine: Machine;
  readonly network: ClusterNetwork;
  readonly dir: string;
  readonly images: ImageLoader<RunningNode>;
  readonly options: CreateOptions;
}

export interface CreateOptions {
  /** Milliseconds from the first kubelet to a cluster that is ready. Three minutes: the machine may be busy with other things. */
  readonly readyTimeoutMs: number;
  /** Milliseconds for the API server to be ready, which most of a start's computing goes into. */
  readonly apiServerTimeoutMs: number;
}

/** Makes a cluster, or removes what there is of it and throws. */
export async function createCluster(spec: ClusterSpec, context: RunContext, parts: Parts, step: Step, options: CreateOptions): Promise<StartedCluster> {
  const machine = await lookAtMachine();
  await checkInotify(spec.nodes.length);
  return onOwnGround(spec.name, spec.nodes.length, context, ({ dir, network, remove }) =>
    make({ spec, context, parts, step, machine, network, dir, images: new ImageLoader((node, archive) => importArchive(node, archive, context)), options }, remove));
}

async function make(making: Making, remove: () => Promise<void>): Promise<StartedCluster> {
  const { spec, parts, network, dir, images } = making;
  await acceptBridge(network.names);
  const server = `https://${network.plan.host}:${apiServerPort}`;
  const credentials = await createCredentials(join(dir, 'pki'), server, network.plan, spec.nodes);
  const nodes = await startEverything(making, credentials);
  return {
    name: spec.name,
    provider: 'embedded',
    kubernetesVersion: parts.kubernetesVersion,
    kubeconfigPath: credentials.adminKubeconfig,
    nodes: nodes.map(({ name, address }) => ({ name, address })),
    loadImages: (archives) => images.load(nodes, archives),
    [Symbol.asyncDispose]: remove,
  };
}

async function startEverything(making: Making, credentials: Credentials): Promise<readonly RunningNode[]> {
  const { spec, context, step, network } = making;
  step.note('API server and nodes starting');
  const client = await kubeClient(credentials.adminKubeconfig);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const plan = controlPlanePlan(making, credentials, signal);
  const apiServer = startApiServer(plan);
  const controllers = apiServer.then(() => startControllers(plan));
  const objects = apiServer.then(() => applyDns(client, making, signal));
  const nodes = spec.nodes.map((_, index) => startAndJoin(making, credentials, index, apiServer, signal));
  const [own, controlling, running] = await together(stop, [apiServer, controllers, together(stop, nodes), objects] as const);
  const alive = processWait([...own, ...controlling, ...running.flatMap((node) => node.processes)]);
  const wait = { client, ...alive, timeoutMs: making.options.readyTimeoutMs, signal: context.signal, step };
  await nodesReady(spec.nodes.map((node) => node.name), wait);
  await Promise.all([dnsAnswers(running.map((node) => questionFrom(node, network.plan.dnsService)), wait), recordPodRanges(client, making)]);
  return running;
}

function controlPlanePlan({ network, dir, parts, machine, options }: Making, credentials: Credentials, signal: AbortSignal): ControlPlanePlan {
  return {
    names: network.names, addresses: network.plan, pki: credentials.dir, data: join(dir, 'etcd'), logs: join(dir, 'logs'), kube: parts.kube,
    cgroups: machine.cgroups, signal, timeoutMs: options.apiServerTimeoutMs,
  };
}

async function startAndJoin(
  making: Making, credentials: Credentials, index: number, apiServer: Promise<readonly StartedProcess[]>, signal: AbortSignal,
): Promise<RunningNode> {
  const { spec, parts, machine, network, dir, images } = making;
  const nodeSpec = spec.nodes[index];
  if (!nodeSpec) throw new Error(`no node ${index}`);
  const around = { names: network.names, machine, logs: join(dir, 'logs'), signal };
  const plan = {
    spec: nodeSpec, index, dir: join(dir, 'nodes', nodeSpec.name), addresses: network.plan, credentials: credentials.nodeCredentials(index),
    pauseImage: parts.pause.reference, kube: parts.kube,
  };
  const node = await startNode(plan, around);
  // Before there is a kubelet: a pod that finds its image missing backs off for ten seconds and more.
  await images.load([node], [parts.pause, parts.coredns]);
  await apiServer;
  await joinCluster(node, around);
  return node;
}

async function applyDns(client: KubeClient, { parts, network }: Making, signal: AbortSignal): Promise<void> {
  await apply(client, dnsObjects(parts.coredns.reference, network.plan.dnsService), signal);
}

/** Pod ranges are laid out with the routes; the nodes say so too, as on other clusters. */
async function recordPodRanges(client: KubeClient, { spec, network }: Making): Promise<void> {
  await Promise.all(spec.nodes.map(async ({ name }, index) => {
    const podCIDR = network.plan.nodes[index]?.podCidr;
    await apply(client, [{ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { podCIDR, podCIDRs: [podCIDR] } } as object]);
  }));
}
