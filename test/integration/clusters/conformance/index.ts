/** What every provider keeps, on real clusters. A provider's own test file calls this, and adds what is its own. */
import { stat } from 'node:fs/promises';
import type { V1Node } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get, json } from '../../../../src/clusters/kube-api.ts';
import { kubeClient } from '../../../../src/clusters/kubernetes.ts';
import type { KubeClient } from '../../../../src/clusters/kubernetes.ts';
import type { Abilities, ClusterProvider, NodeSpec, StartedCluster } from '../../../../src/clusters/provider.ts';
import type { ImageArchive } from '../../../../src/images/source.ts';
import type { RunContext } from '../../../../src/run/context.ts';
import { snapshot } from '../snapshot.ts';
import type { Snapshot } from '../snapshot.ts';
import { newRun, newRunId, ownStateFolder, probeImage } from '../support.ts';
import { apiConforms } from './api.ts';
import { networkConforms } from './network.ts';
import { nodesConform } from './nodes.ts';

/** What the tests run on. */
export interface Subject {
  readonly provider: ClusterProvider;
  readonly context: RunContext;
  /** Nodes `small` (2 GiB), `middle` (4 GiB) and `whole`. */
  readonly cluster: StartedCluster;
  /** Node `alone`. */
  readonly second: StartedCluster;
  /** Of the first. */
  readonly client: KubeClient;
  readonly image: ImageArchive;
}

export interface Conformance {
  /** Called before anything else, with the run's id; what it answers is undone after everything else. */
  prepare?(runId: string): Promise<AsyncDisposable>;
  provider(): ClusterProvider;
  /** What the provider says that it can do. */
  readonly abilities: Abilities;
  /** Nodes that join the second cluster in tests of the provider's own. */
  readonly later?: readonly NodeSpec[];
  /** Defines tests that are the provider's own; they run before one of the clusters is removed. */
  more?(subject: () => Subject): void;
}

/** Defines the tests. */
export function conforms({ prepare, provider: given, abilities, later = [], more }: Conformance): void {
  let subject: Subject;
  let cleanUp: AsyncDisposableStack;
  let before: Snapshot;

  beforeAll(async () => {
    cleanUp = new AsyncDisposableStack();
    const id = newRunId();
    if (prepare) cleanUp.use(await prepare(id));
    cleanUp.use(await ownStateFolder());
    before = await snapshot(id);
    const context = await newRun(id);
    const provider = given();
    const image = await probeImage(context);
    const nodes = [{ name: 'small', memoryMiB: 2048 }, { name: 'middle', memoryMiB: 4096 }, { name: 'whole' }];
    const [cluster, second] = await Promise.all([provider.create({ name: 'first', nodes }, context), provider.create({ name: 'second', nodes: [{ name: 'alone' }, ...later] }, context)]);
    await Promise.all([cluster.loadImages([image]), second.loadImages([image])]);
    subject = { provider, context, image, cluster, second, client: await kubeClient(cluster.kubeconfigPath) };
  });

  afterAll(async () => {
    const { provider, context } = subject;
    expect((await provider.remove(context.id)).length).toBeGreaterThan(0);
    const after = await snapshot(context.id);
    expect(await provider.findRuns()).not.toContain(context.id);
    await cleanUp[Symbol.asyncDispose]();
    expect(after).toEqual(before);
  });

  test('it says what it can do', async () => {
    expect({ ...await subject.provider.abilities(), freeMemoryMiB: undefined }).toEqual(abilities);
    expect(await subject.provider.findRuns()).toContain(subject.context.id);
  });

  nodesConform(() => subject);
  networkConforms(() => subject);
  apiConforms(() => subject);

  test('images that nodes have are not sent again, and the kubeconfig is for its owner alone', async () => {
    const { cluster, image } = subject;
    await cluster.loadImages([{ ...image, path: '/nowhere' }]);
    expect((await stat(cluster.kubeconfigPath)).mode & 0o777).toBe(0o600);
  });

  more?.(() => subject);

  test('two clusters of a run share nothing, and one goes without the other', async () => {
    const { client, cluster, second } = subject;
    const other = await kubeClient(second.kubeconfigPath);
    expect(((json(await get(other, '/api/v1/nodes')) as { items: V1Node[] }).items).map((node) => node.metadata?.name)).toEqual(['alone']);
    const stranger = await kubeClient(cluster.kubeconfigPath);
    await expect(stranger.http.get(other.server)).rejects.toThrow(/certificate|signature/);
    await second[Symbol.asyncDispose]();
    await expect(get(other, '/readyz')).rejects.toThrow();
    expect((await get(client, '/readyz')).data).toBe('ok');
  });
}
