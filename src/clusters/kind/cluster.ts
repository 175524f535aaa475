import { writeFile } from 'node:fs/promises';
import type { V1Service } from '@kubernetes/client-node';
import { lastCause } from '../../errors.ts';
import { command } from '../../processes/command.ts';
import type { RunContext, Step } from '../../run/context.ts';
import { newClusterDir } from '../cluster-dir.ts';
import { get, json, versionOf } from '../kube-api.ts';
import { kubeClient } from '../kubernetes.ts';
import type { KubeClient } from '../kubernetes.ts';
import { leftBehind } from '../left-behind.ts';
import { addressOf, nameOf, nodesOf } from '../nodes.ts';
import type { ClusterSpec, StartedCluster, StartedNode } from '../provider.ts';
import { dnsAnswers, knownName, nodesReady } from '../ready.ts';
import type { DnsQuestion } from '../ready.ts';
import type { ProviderSettings } from '../settings.ts';
import { askDns, mustAnswer } from './ask-dns.ts';
import { kindConfig } from './config.ts';
import { engineProgram } from './engine.ts';
import { imageLoader } from './load-image.ts';
import { kindFiles, kindName, nodeNames } from './names.ts';
import type { KindFiles } from './names.ts';
import { kind } from './program.ts';
import { removeCluster } from './remove.ts';

/** Milliseconds: kind pulls its node image where the engine lacks it, and kubeadm has bounds of its own. */
const createTimeoutMs = 1_200_000;
/** Milliseconds from a control plane that answers to nodes that are Ready, and again to DNS that answers. */
const readyTimeoutMs = 180_000;

/** Makes a cluster, or removes what there is of it and throws. */
export async function createCluster(spec: ClusterSpec, context: RunContext, settings: ProviderSettings, step: Step): Promise<StartedCluster> {
  const files = await newFiles(spec, context);
  try {
    await runKind(spec, context, settings, files, step);
    return await started(spec, context, files, step);
  } catch (thrown) {
    await removeCluster(kindName(context.id, spec.name), files).catch((left: unknown) => context.emit(leftBehind(context.id, left)));
    throw thrown;
  }
}

/** Refuses a second cluster of a name: what removes a failed one would remove the first. */
async function newFiles(spec: ClusterSpec, context: RunContext): Promise<KindFiles> {
  const files = kindFiles(await newClusterDir(context.dir, spec.name));
  await writeFile(files.config, kindConfig(spec), { mode: 0o600 });
  return files;
}

/** Not with --wait, which goes on after its time as if nothing were: what is ready is asked of the cluster itself. */
async function runKind({ name, nodes }: ClusterSpec, { id, signal }: RunContext, { kindImage }: ProviderSettings, files: KindFiles, step: Step): Promise<void> {
  const cluster = kindName(id, name);
  const image = kindImage === undefined ? [] : ['--image', kindImage];
  step.note(`kind makes ${nodes.length === 1 ? 'a node' : `${nodes.length} nodes`}`);
  await kind(['create', 'cluster', '--name', cluster, '--config', files.config, '--kubeconfig', files.kubeconfig, ...image], {
    cluster, runId: id, signal, timeoutMs: createTimeoutMs, seeLine: (line) => noteStage(line, step),
  });
}

/** kind's lines of what it does begin with a dot, and end with a symbol. */
function noteStage(line: string, step: Step): void {
  const stage = /^ • ([\w -]+\w)/.exec(line)?.[1];
  if (stage !== undefined) step.note(`kind: ${stage}`);
}

async function started({ name, nodes }: ClusterSpec, context: RunContext, files: KindFiles, step: Step): Promise<StartedCluster> {
  const cluster = kindName(context.id, name);
  const client = await kubeClient(files.kubeconfig);
  const names = nodeNames(cluster, nodes.length);
  const engine = (await engineProgram()) ?? 'docker';
  const wait = { client, timeoutMs: readyTimeoutMs, signal: context.signal, step, nodeLines: (node: string) => kubeletLines(engine, node) };
  await nodesReady(names, wait);
  await dnsAnswers(await questions(client, engine, names), wait);
  const images = imageLoader(context);
  return {
    name,
    provider: 'kind',
    kubernetesVersion: await versionOf(client),
    kubeconfigPath: files.kubeconfig,
    nodes: await startedNodes(client, names),
    loadImages: (archives) => images.load([{ name: cluster }], archives),
    [Symbol.asyncDispose]: () => removeCluster(cluster, files),
  };
}

async function kubeletLines(engine: string, node: string): Promise<readonly string[]> {
  const log = await command(engine, ['exec', node, 'journalctl', '--unit=kubelet', '--lines=8', '--output=cat']).catch(lastCause);
  return log.split('\n');
}

async function questions(client: KubeClient, engine: string, names: readonly string[]): Promise<readonly DnsQuestion[]> {
  const { spec } = json(await get(client, '/api/v1/namespaces/kube-system/services/kube-dns')) as V1Service;
  const words = askDns(spec?.clusterIP ?? '', knownName);
  return names.map((node) => ({ node, ask: async (signal) => mustAnswer(await command(engine, ['exec', node, ...words], { signal })) }));
}

async function startedNodes(client: KubeClient, names: readonly string[]): Promise<readonly StartedNode[]> {
  const nodes = await nodesOf(client);
  return names.map((name) => {
    const node = nodes.find((one) => nameOf(one) === name);
    return { name, address: (node && addressOf(node)) ?? '' };
  });
}
