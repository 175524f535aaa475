import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { StartedTestContainer } from 'testcontainers';
import type { ImageArchive } from '../../images/source.ts';
import type { RunContext, Step } from '../../run/context.ts';
import { until } from '../../run/wait.ts';
import { newClusterDir } from '../cluster-dir.ts';
import { leftBehind } from '../left-behind.ts';
import { ImageLoader } from '../image-loader.ts';
import { versionOf } from '../kube-api.ts';
import { kubeClient } from '../kubernetes.ts';
import type { KubeClient } from '../kubernetes.ts';
import { writePrivate } from '../pki.ts';
import type { ClusterSpec, NodeSpec, StartedCluster, StartedNode } from '../provider.ts';
import { dnsAnswers, knownName, nodesReady } from '../ready.ts';
import type { ReadyWait } from '../ready.ts';
import type { ProviderSettings } from '../settings.ts';
import { together } from '../together.ts';
import { machineArguments } from './arguments.ts';
import type { Engine } from './engine.ts';
import { execIn } from './exec.ts';
import { nodeImage } from './image.ts';
import { importArchive } from './load-images.ts';
import { networkName, nodeContainer } from './names.ts';
import { ensureNetwork } from './network.ts';
import { AgentNode, ServerNode } from './node.ts';
import type { NodeKind } from './node.ts';
import { registriesFile } from './registries.ts';
import { removeCluster } from './remove.ts';
import { endedServer, mustRun, nodeLines } from './running.ts';

/** Milliseconds until a start whose container is gone has noticed that: it asks every few seconds at most. */
const settleTimeoutMs = 60_000;

/** k3s' own default. */
const dnsService = '10.43.0.10';

interface Making {
  readonly spec: ClusterSpec;
  readonly context: RunContext;
  readonly engine: Engine;
  readonly settings: ProviderSettings;
  readonly step: Step;
  /** Milliseconds from started containers to a cluster that is ready: the machine may be busy with other things. */
  readonly readyTimeoutMs: number;
}

/** Starts that are under way. The library's cannot be interrupted: what they still make has to be removed after them. */
type Starts = Set<Promise<unknown>>;

/** Makes a cluster, or removes what there is of it and throws. */
export async function createCluster(making: Making): Promise<StartedCluster> {
  const { spec, context, engine } = making;
  const dir = await newClusterDir(context.dir, spec.name);
  const remove = async (): Promise<void> => void (await removeCluster(engine, context.id, spec.name, dir));
  const starts: Starts = new Set();
  try {
    return await make(making, starts, dir, remove);
  } catch (thrown) {
    await removeWith(starts, remove).catch((left: unknown) => context.emit(leftBehind(context.id, left)));
    throw thrown;
  }
}

async function removeWith(starts: Starts, remove: () => Promise<void>): Promise<void> {
  await until('nothing of the failed cluster being started', async () => {
    await remove();
    return starts.size === 0 ? true : undefined;
  }, { timeoutMs: settleTimeoutMs });
  await remove();
}

async function make(making: Making, starts: Starts, dir: string, remove: () => Promise<void>): Promise<StartedCluster> {
  const { spec, context, engine, step } = making;
  await ensureNetwork(engine, context.id);
  step.note(`${spec.nodes.length} containers starting`);
  const kubeconfig = await startNodes(making, starts, await nodeKind(making));
  await writePrivate(dir, { 'admin.kubeconfig': kubeconfig });
  const kubeconfigPath = join(dir, 'admin.kubeconfig');
  const client = await kubeClient(kubeconfigPath);
  await ready(making, client);
  const images = new ImageLoader<NodeSpec>((node, archive) => importArchive(engine, containerOf(making, node), archive, context.signal));
  return {
    name: spec.name,
    provider: 'k3s',
    kubernetesVersion: await versionOf(client),
    kubeconfigPath,
    nodes: await startedNodes(making),
    loadImages: (archives: readonly ImageArchive[]) => images.load(spec.nodes, archives),
    [Symbol.asyncDispose]: remove,
  };
}

async function nodeKind({ spec, context, engine, settings }: Making): Promise<NodeKind> {
  const { CgroupVersion: cgroup } = await engine.container.dockerode.info() as { CgroupVersion?: string };
  return {
    runId: context.id, cluster: spec.name, image: nodeImage(settings), network: networkName(context.id), token: randomBytes(16).toString('hex'),
    args: [...(await machineArguments()), ...(settings.k3sArgs ?? [])], registries: registriesFile(settings), cgroupVersion: cgroup === '2' ? 2 : 1,
  };
}

/** Starts all containers at once: agents ask for their server until it is there. @returns the administrator's kubeconfig */
async function startNodes({ spec, context, engine }: Making, starts: Starts, kind: NodeKind): Promise<string> {
  const [first, ...others] = spec.nodes;
  if (!first) throw new Error('a cluster has at least one node');
  const server = nodeContainer(kind.runId, kind.cluster, first.name);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const starting = <T extends StartedTestContainer>(node: NodeSpec, container: { start(): Promise<T> }): Promise<T> => {
    const start = container.start().finally(() => starts.delete(start));
    starts.add(start);
    return interruptible(start, signal).catch(async (thrown: unknown) => {
      signal.throwIfAborted();
      await mustRun(engine, nodeContainer(kind.runId, kind.cluster, node.name));
      throw thrown;
    });
  };
  const serverNode = new ServerNode(kind, first, [server, engine.info.containerRuntime.host]);
  const [started] = await together(stop, [
    starting(first, serverNode).catch(async (thrown: unknown) => { throw await endedServer(server, serverNode, thrown); }),
    together(stop, others.map((node) => starting(node, new AgentNode(kind, node, server)))),
  ] as const);
  return started.getKubeConfig();
}

/** Waits for no more than the signal lets it; the work itself goes on. */
function interruptible<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  return Promise.race([work, new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))]);
}

async function ready(making: Making, client: KubeClient): Promise<void> {
  const { spec, context, engine, step, readyTimeoutMs } = making;
  const containers = spec.nodes.map((node) => containerOf(making, node));
  const wait: ReadyWait = {
    client, timeoutMs: readyTimeoutMs, signal: context.signal, step,
    mustRun: () => Promise.all(containers.map((one) => mustRun(engine, one))),
    nodeLines: (node) => nodeLines(engine, nodeContainer(context.id, spec.name, node)),
  };
  await nodesReady(spec.nodes.map(({ name }) => name), wait);
  await dnsAnswers(spec.nodes.map((node) => ({ node: node.name, ask: () => execIn(engine, containerOf(making, node), ['nslookup', knownName, dnsService]) })), wait);
}

function containerOf({ spec, context }: Making, node: NodeSpec): string {
  return nodeContainer(context.id, spec.name, node.name);
}

async function startedNodes(making: Making): Promise<readonly StartedNode[]> {
  const { context, engine, spec } = making;
  return Promise.all(spec.nodes.map(async (node) => {
    const { NetworkSettings } = await engine.container.getById(containerOf(making, node)).inspect();
    return { name: node.name, address: NetworkSettings.Networks[networkName(context.id)]?.IPAddress ?? '' };
  }));
}
