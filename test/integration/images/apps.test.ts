import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { apply, kubeClient, podLogs, podsOf, proxyGet } from '../../../src/clusters/kubernetes.ts';
import type { KubeClient } from '../../../src/clusters/kubernetes.ts';
import { shopDatabase } from '../../../src/components/apps/database.ts';
import { ordersImage, shopDatabaseImage, storefrontImage } from '../../../src/components/apps/images.ts';
import { shopApp } from '../../../src/components/apps/manifests.ts';
import { javaAgentImage, nodeInstrumentationImage } from '../../../src/components/instrumentation/images.ts';
import { labels, selector } from '../../../src/components/labels.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import { mentionsIn } from '../../../src/images/mentions.ts';
import type { ImageArchive, ImageRecipe } from '../../../src/images/source.ts';
import type { RunContext } from '../../../src/run/context.ts';
import { until } from '../../../src/run/wait.ts';
import { newRun, newRunId, ownStateFolder } from '../clusters/support.ts';

/** The shop and the agents' init containers on a node of their own, without any operator. */
const namespace = 'default';
const provider = embeddedProvider();
let state: AsyncDisposable;
let context: RunContext;
let client: KubeClient;
let images: Record<'database' | 'storefront' | 'orders' | 'java' | 'nodejs', ImageArchive>;

function provide(recipe: ImageRecipe): Promise<ImageArchive> {
  return buildSource().provide(recipe, context, { note: () => undefined, cached: () => undefined });
}

beforeAll(async () => {
  state = await ownStateFolder();
  context = await newRun(newRunId());
  images = {
    database: await provide(shopDatabaseImage()), storefront: await provide(storefrontImage()), orders: await provide(ordersImage()),
    java: await provide(javaAgentImage()), nodejs: await provide(nodeInstrumentationImage()),
  };
  const cluster = await provider.create({ name: 'shop', nodes: [{ name: 'node-1' }] }, context);
  await cluster.loadImages(Object.values(images));
  client = await kubeClient(cluster.kubeconfigPath);
  const place = ({ reference }: ImageArchive) => ({ runId: context.id, namespace, image: reference });
  // Orders starts before its database does: it has to wait for it.
  await apply(client, [...shopApp(place(images.orders), 'orders'), ...shopApp(place(images.storefront), 'storefront'), ...shopDatabase(place(images.database))]);
  await Promise.all(['orders', 'storefront', 'shop-db'].map(readyPod));
});

afterAll(async () => {
  await provider.remove(context.id);
  await state[Symbol.asyncDispose]();
});

function readyPod(app: string): Promise<V1Pod> {
  return until(`${app} Ready`, async ({ saw, signal }) => {
    const [pod] = await podsOf(client, namespace, selector(labels(context.id, app)), signal);
    saw(JSON.stringify(pod?.status?.containerStatuses?.[0]?.state));
    return pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ? pod : undefined;
  }, { timeoutMs: 90_000 });
}

async function logOf(app: string): Promise<string> {
  return podLogs(client, namespace, (await readyPod(app)).metadata?.name ?? '');
}

function checkout(query: string): Promise<string> {
  return proxyGet(client, namespace, 'service', 'storefront', 3000, `/checkout?${query}`);
}

test('a checkout passes through both services into the database, with one id in both logs', async () => {
  const { request, order } = JSON.parse(await checkout('item=book')) as { request: string; order: unknown };
  expect(order).toEqual({ id: 1, item: 'book', request });
  expect(await logOf('storefront')).toContain(`"checkout done request=${request}"`);
  expect(await logOf('orders')).toContain(`order placed request=${request} item=book`);
});

test('a failure and a wait asked for are had, and only what was placed is counted', async () => {
  await expect(checkout('item=pen&fail=1')).rejects.toThrow(/500/);
  const started = performance.now();
  await checkout('item=pen&slow=400');
  expect(performance.now() - started).toBeGreaterThan(400);
  expect(await logOf('orders')).toMatch(/order failed request=\S+ item=pen\s+shop\.orders\.OrderRefused/);
  expect(await proxyGet(client, namespace, 'service', 'orders', 8080, '/metrics')).toMatch(/^orders_placed_total 2\.0$/m);
  expect(await proxyGet(client, namespace, 'service', 'storefront', 3000, '/metrics')).toMatch(/^checkouts_total 2$/m);
});

test('the services hold nothing of what instruments them, and the Java image is small', async () => {
  expect(await mentionsIn(images.storefront.path, 'opentelemetry')).toBe(0);
  expect(await mentionsIn(images.orders.path, 'opentelemetry')).toBe(0);
  expect(images.orders.sizeBytes).toBeLessThan(120e6);
});

test.each([
  ['java', ['cp', '/javaagent.jar', '/agent/javaagent.jar']],
  ['nodejs', ['cp', '-r', '/autoinstrumentation/.', '/agent']],
] as const)('the init container of %s does what the operator has it do', async (language, command) => {
  const agent = { name: 'agent', mountPath: '/agent' };
  await apply(client, [{
    apiVersion: 'v1', kind: 'Pod', metadata: { name: language, namespace },
    spec: {
      restartPolicy: 'Never', volumes: [{ name: 'agent', emptyDir: {} }],
      initContainers: [{ name: 'init', image: images[language].reference, imagePullPolicy: 'Never', command, volumeMounts: [agent] }],
      containers: [{ name: 'look', image: images.database.reference, imagePullPolicy: 'Never', command: ['/bin/sh', '-c', 'echo /agent/*'], volumeMounts: [agent] }],
    },
  } as KubernetesObject]);
  await until(`pod ${language} ended`, async ({ saw, signal }) => {
    const pod = (await podsOf(client, namespace, '', signal)).find(({ metadata }) => metadata?.name === language);
    saw(JSON.stringify(pod?.status));
    return pod?.status?.phase === 'Succeeded' || undefined;
  }, { timeoutMs: 30_000 });
  const expected = language === 'java' ? '/agent/javaagent.jar' : '/agent/autoinstrumentation.js /agent/node_modules /agent/package-lock.json /agent/package.json';
  expect((await podLogs(client, namespace, language)).trim()).toBe(expected);
});
