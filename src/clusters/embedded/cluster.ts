import { join } from 'node:path';
import type { ImageArchive } from '../../images/source.ts';
import type { RunContext, Step } from '../../run/context.ts';
import { apply, kubeClient } from '../kubernetes.ts';
import type { KubeClient } from '../kubernetes.ts';
import type { ClusterSpec, NodeChange, StartedCluster } from '../provider.ts';
import { apiServerPort, startApiServer, startControllers } from './control-plane.ts';
import type { ControlPlanePlan } from './control-plane.ts';
import { createCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { dnsObjects } from './dns.ts';
import { acceptBridge } from './firewall.ts';
import { onOwnGround } from './ground.ts';
import { ensureInotify } from './inotify.ts';
import { lookAtMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import type { ClusterNetwork } from './network.ts';
import { Nodes } from './nodes.ts';
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
  readonly nodes: Nodes;
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
  return onOwnGround(spec.name, spec.nodes.length, context, async ({ dir, network, remove }) => {
    await ensureInotify(spec.nodes.length, context.id);
    const nodes = new Nodes({ specs: spec.nodes, context, machine, network, dir, ...parts, readyTimeoutMs: options.readyTimeoutMs });
    return make({ spec, context, parts, step, machine, network, dir, nodes, options }, remove);
  });
}

async function make(making: Making, remove: () => Promise<void>): Promise<StartedCluster> {
  const { spec, parts, network, dir, nodes } = making;
  await acceptBridge(network.names);
  const server = `https://${network.plan.host}:${apiServerPort}`;
  const credentials = await createCredentials(join(dir, 'pki'), server, network.plan, spec.nodes);
  const client = await startEverything(making, credentials);
  return {
    name: spec.name,
    provider: 'embedded',
    kubernetesVersion: parts.kubernetesVersion,
    kubeconfigPath: credentials.adminKubeconfig,
    get nodes() { return nodes.running.map(({ name, address }) => ({ name, address })); },
    loadImages: (archives) => nodes.load(archives),
    changeNodes: (change, step) => changeNodes(nodes, change, { client, credentials, step }),
    [Symbol.asyncDispose]: remove,
  };
}

async function startEverything(making: Making, credentials: Credentials): Promise<KubeClient> {
  const { spec, context, step, nodes } = making;
  step.note('API server and nodes starting');
  const client = await kubeClient(credentials.adminKubeconfig);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const plan = controlPlanePlan(making, credentials, signal);
  const apiServer = startApiServer(plan);
  const controllers = apiServer.then(() => startControllers(plan));
  const objects = apiServer.then(() => applyDns(client, making, signal));
  const names = spec.nodes.filter(({ joinsLater }) => !joinsLater).map(({ name }) => name);
  const [own, controlling] = await together(stop, [apiServer, controllers, nodes.start(names, credentials, apiServer, stop), objects] as const);
  await nodes.ready(names, client, step, [...own, ...controlling]);
  return client;
}

interface Joining {
  readonly client: KubeClient;
  readonly credentials: Credentials;
  readonly step: Pick<Step, 'note'>;
}

async function changeNodes(nodes: Nodes, { join: joining = [], leave = [] }: NodeChange, { client, credentials, step }: Joining): Promise<void> {
  const running = nodes.running.map(({ name }) => name);
  await nodes.leave(leave.filter((name) => running.includes(name)), client);
  const names = joining.filter((name) => !running.includes(name));
  if (names.length === 0) return;
  await nodes.start(names, credentials, Promise.resolve(), new AbortController());
  await nodes.ready(names, client, step);
}

function controlPlanePlan({ network, dir, parts, machine, options }: Making, credentials: Credentials, signal: AbortSignal): ControlPlanePlan {
  return {
    names: network.names, addresses: network.plan, pki: credentials.dir, data: join(dir, 'etcd'), logs: join(dir, 'logs'), kube: parts.kube,
    cgroups: machine.cgroups, signal, timeoutMs: options.apiServerTimeoutMs,
  };
}

async function applyDns(client: KubeClient, { parts, network, nodes }: Making, signal: AbortSignal): Promise<void> {
  await apply(client, dnsObjects(parts.coredns.reference, network.plan.dnsService, nodes.dnsNode), signal);
}
