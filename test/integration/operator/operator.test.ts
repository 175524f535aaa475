import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { placesOf } from '../../../helpers/index.ts';
import { get, json } from '../../../src/clusters/kube-api.ts';
import type { KubeClient } from '../../../src/clusters/kubernetes.ts';
import { apply, podsOf } from '../../../src/clusters/kubernetes.ts';
import { labels, runLabel } from '../../../src/components/labels.ts';
import { collectorResource, injectAnnotation, instrumentationResource } from '../../../src/components/operator/resources.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { deploy } from '../../../src/platform/deploy.ts';
import { refuseUninjected } from '../../../src/platform/injection.ts';
import { startOperator } from '../../../src/platform/operator.ts';
import { imageReference, namespaceObject } from '../../../src/platform/parts.ts';
import type { Deployment } from '../../../src/platform/parts.ts';
import { sideNamespace } from '../../../src/platform/platform.ts';
import { removeSide } from '../../../src/platform/remove.ts';
import { rolledOut } from '../../../src/platform/rollout.ts';
import { injectionWorks } from '../../../src/platform/webhooks.ts';
import { plainReporter } from '../../../src/reports/plain.ts';
import { styleOf } from '../../../src/reports/style.ts';
import { withSession } from '../../../src/runner/session.ts';
import { stagedClusters } from '../../../src/runner/stage.ts';
import { until } from '../../../src/run/wait.ts';
import { newRunId } from '../clusters/support.ts';

const signal = new AbortController().signal;
const note = (): void => undefined;

/** SD-2's platform on one node, for as long as the work takes. */
async function onScrapedNode(work: (deployment: Deployment, client: KubeClient) => Promise<void>): Promise<void> {
  const run = {
    runId: newRunId(), selectors: ['SD-2'], provider: 'auto', images: 'auto', clusters: {}, keep: 'never', outputDir: '', failFast: false, repeat: 1, set: { nodes: '1', 'targets.pods': '2' }, command: 'npm test',
  } as const;
  await withSession(run, plainReporter(process.stdout, styleOf(process.stdout, false)), signal, async ({ resolved, supply, context, recorder }) => {
    const spec = resolved.claims[0]?.sides[0]?.spec;
    if (!spec) throw new Error('SD-2 has no side');
    const staged = await stagedClusters(await supply.stage(spec));
    const [client] = staged.clients.values();
    await work({ runId: context.id, spec, name: 'test', signal, ownTargets: true, note, step: recorder.step, ...staged }, client as KubeClient);
  });
}

test('the operator deploys, refuses, injects where it is asked to, and goes without a trace of the side', { timeout: 10 * 60_000 }, async () => {
  await onScrapedNode(async (deployment, client) => {
    const platform = await deploy(deployment);
    expect([await placesOf(platform, 'collector'), await placesOf(platform, 'allocator')].map(({ length }) => length)).toEqual([1, 1]);
    await refusesWhatItCannotDo(deployment, client);
    await injectsInTheRunOnly(deployment, client);
    await namesWhatWasNotInjected(deployment, client);
    await isFoundByTheRun(deployment, client);
    await leavesNothing(deployment, client);
  });
});

async function refusesWhatItCannotDo({ runId, name }: Deployment, client: KubeClient): Promise<void> {
  const allocator = { image: 'a', strategy: 'consistent-hashing', serviceAccount: 'allocator', memory: { request: 1, limit: 1 } } as const;
  const config = { receivers: { prometheus: { config: { scrape_configs: [{ job_name: 'j' }] } } }, exporters: { debug: {} }, service: { pipelines: { metrics: { receivers: ['prometheus'], exporters: ['debug'] } } } };
  const refused = collectorResource({ runId, namespace: sideNamespace(runId, name), name: 'refused' }, { mode: 'daemonset', app: 'x', image: 'i', config, memory: { request: 1, limit: 1 }, allocator });
  await expect(apply(client, [refused])).rejects.toMatchObject({ problem: { code: 'PL-APPLY-REFUSED', seen: expect.stringContaining('must be used with target allocation strategy per-node') } });
}

async function injectsInTheRunOnly({ runId }: Deployment, client: KubeClient): Promise<void> {
  const [own, foreign] = [`pl-${runId}-injected`, `pl-${runId}-foreign`];
  const instrumentation = (namespace: string): KubernetesObject => instrumentationResource({ runId, namespace, name: 'agents' }, { endpoint: 'http://x:4318', propagators: ['tracecontext'], java: { image: 'agent' } });
  await apply(client, [namespaceObject(runId, own), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: foreign } }, instrumentation(own), instrumentation(foreign)]);
  await injectionWorks({ client, namespace: own, runId }, { signal, note });
  expect((await podMade(client, own)).spec?.initContainers).toMatchObject([{ name: 'opentelemetry-auto-instrumentation-java', image: 'agent' }]);
  expect((await podMade(client, foreign)).spec?.initContainers).toBeUndefined();
}

/** A pod with the annotation as the API server makes it; its image is none. */
async function podMade(client: KubeClient, namespace: string): Promise<V1Pod> {
  const pod = {
    metadata: { name: 'asks', annotations: { [injectAnnotation('java')]: 'true' } },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'none.local/none:1' }] },
  };
  return until(`a pod in ${namespace}`, async ({ saw, signal: look }) => {
    const made = await client.http.post<string>(`/api/v1/namespaces/${namespace}/pods`, JSON.stringify(pod), { headers: { 'Content-Type': 'application/json' }, signal: look });
    // The namespace's account is made a moment after it.
    if (made.status === 201) return JSON.parse(made.data) as V1Pod;
    saw(made.data);
    return undefined;
  }, { timeoutMs: 20_000 });
}

async function namesWhatWasNotInjected(deployment: Deployment, client: KubeClient): Promise<void> {
  const { runId, images } = deployment;
  const namespace = `pl-${runId}-uninjected`;
  const app = labels(runId, 'asks');
  await apply(client, [namespaceObject(runId, namespace), {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'asks', namespace, labels: app },
    spec: { selector: { matchLabels: app }, template: {
      metadata: { labels: app, annotations: { [injectAnnotation('java')]: 'true' } }, spec: { containers: [{ name: 'c', image: imageReference(images, targetImage()) }] },
    } },
  } as KubernetesObject]);
  const refuse = refuseUninjected(await startOperator(deployment, client));
  await expect(rolledOut({ client, namespace, kind: 'Deployment', name: 'asks', refuse }, { signal, note })).rejects.toMatchObject({
    problem: { code: 'PL-NOT-INJECTED', expected: expect.stringContaining(`${namespace}/asks-`), seen: expect.stringContaining('no OpenTelemetry Instrumentation instances available') },
  });
}

const clusterKinds = [
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', '/apis/rbac.authorization.k8s.io/v1/clusterroles', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
];

async function isFoundByTheRun({ runId }: Deployment, client: KubeClient): Promise<void> {
  const found = await Promise.all(clusterKinds.map(async (path) => {
    const { items } = json(await get(client, path, { params: { labelSelector: `${runLabel}=${runId}` } })) as { items: KubernetesObject[] };
    return items.map(({ metadata }) => metadata?.name);
  }));
  expect(found.map(({ length }) => length)).toEqual([4, 1, 1, 3, 3]);
}

async function leavesNothing({ runId, name }: Deployment, client: KubeClient): Promise<void> {
  const namespace = sideNamespace(runId, name);
  await removeSide({ clients: [client], runId, name, sharesTargets: true, note });
  expect(await podsOf(client, namespace, 'app.kubernetes.io/name=collector')).toEqual([]);
  await until('the side\'s namespace gone', async ({ signal: look }) => ((await client.http.get(`/api/v1/namespaces/${namespace}`, { signal: look })).status === 404 ? true : undefined), { timeoutMs: 60_000 });
  for (const path of clusterKinds.slice(3)) {
    const { items } = json(await get(client, path, { params: { labelSelector: `${runLabel}=${runId}` } })) as { items: KubernetesObject[] };
    expect(items.map(({ metadata }) => metadata?.name)).toEqual([`pl-${runId}-operator-operator`]);
  }
}
