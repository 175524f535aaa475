import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { kubeClient } from '../../../src/clusters/kubernetes.ts';
import { pullImages } from '../../../src/clusters/pull-images.ts';
import type { StartedCluster } from '../../../src/clusters/provider.ts';
import { until } from '../../../src/run/wait.ts';
import type { RunContext } from '../../../src/run/context.ts';
import { newRun, newRunId, ownStateFolder, probeImage } from './support.ts';

/** Nodes that have no way to any registry: what is on them is as good as pulled, and what is not is told in the node's words. */
const provider = embeddedProvider();
const all = new AsyncDisposableStack();
let context: RunContext;
let cluster: StartedCluster;

beforeAll(async () => {
  all.use(await ownStateFolder());
  context = await newRun(newRunId());
  all.defer(async () => void (await provider.remove(context.id)));
  cluster = await provider.create({ name: 'pull', nodes: [{ name: 'node-1' }, { name: 'node-2' }] }, context);
});

afterAll(() => all[Symbol.asyncDispose]());

test('what nodes have is pulled; what they cannot pull ends the wait with their own words; nothing of either stays', async () => {
  const archive = await probeImage(context);
  await cluster.loadImages([archive]);
  const client = await kubeClient(cluster.kubeconfigPath);
  const common = { client, runId: context.id, nodes: cluster.nodes.map(({ name }) => name), signal: context.signal };
  const notes: string[] = [];
  const step = { note: (text: string) => notes.push(text) };
  await pullImages({ ...common, step, images: new Map([['probe 1.0.0', archive.reference]]) });
  const absent = new Map([['probe 1.0.0', archive.reference], ['none 1', '127.0.0.1:1/none:1']]);
  await expect(pullImages({ ...common, step, images: absent, patienceMs: 1000 })).rejects.toMatchObject({
    problem: { code: 'PL-IMAGE-NOT-PULLED', expected: expect.stringMatching(/^node node-[12] to pull none 1$/), seen: expect.stringContaining('127.0.0.1:1') },
  });
  expect(notes.some((note) => note.endsWith('2 of 4'))).toBe(true);
  await until('namespaces gone', async ({ saw, signal }) => {
    const { data } = await client.http.get<string>('/api/v1/namespaces', { params: { labelSelector: `plumbline.dev/run=${context.id}` }, signal });
    const left = (JSON.parse(data) as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
    saw(left.join());
    return left.length === 0 || undefined;
  }, { timeoutMs: 60_000 });
});
