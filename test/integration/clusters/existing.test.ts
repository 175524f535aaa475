/** A cluster that is somebody else's: Plumbline takes nothing but what it is given, and leaves it as it was. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject, V1PolicyRule } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { SettingRow } from '../../../src/cli/setting-rows.ts';
import { removeRuns } from '../../../src/cli/down.ts';
import { existingProvider } from '../../../src/clusters/existing/index.ts';
import { get, json, kubeClient } from '../../../src/clusters/kube-api.ts';
import { apply, podsOf } from '../../../src/clusters/kubernetes.ts';
import { namespaceObject } from '../../../src/platform/parts.ts';
import type { ImageArchive } from '../../../src/images/source.ts';
import type { Plan } from '../../../src/reports/plan.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import { until } from '../../../src/run/wait.ts';
import { call, eventsIn, outputFolder, reportIn, start } from '../run/cli.ts';
import { objectsOf } from './existing/objects.ts';
import { startTheirs } from './existing/theirs.ts';
import type { Theirs } from './existing/theirs.ts';
import { makeWatched, removeWatched } from './existing/watched.ts';
import { newRun, newRunId, ownStateFolder } from './support.ts';

let state: AsyncDisposable;
let theirs: Theirs;
let before: readonly string[];

beforeAll(async () => {
  state = await ownStateFolder();
  theirs = await startTheirs();
});
afterAll(async () => {
  await theirs[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

beforeEach(async () => void (before = await objectsOf(theirs.admin)));
afterEach(() => until('the cluster as it was', async ({ saw }) => {
  const now = await objectsOf(theirs.admin);
  const different = [...now.filter((one) => !before.includes(one)), ...before.filter((one) => !now.includes(one))];
  saw(different.join('\n'));
  return different.length === 0 ? true : undefined;
}, { timeoutMs: 10_000 }));

/** The operator's platform on two nodes, with windows as short as they may be. */
const claim = ['SD-2', '--set', 'nodes=2', '--set', 'collector.scrapeIntervalSeconds=1'];
const here = (kubeconfig: string): string[] => ['--provider', 'existing', '--kubeconfig', kubeconfig];

async function neededRules(): Promise<V1PolicyRule[]> {
  const { stdout } = await call('run', ...claim, ...here(theirs.kubeconfig), '--dry-run', '--json');
  const rules = (JSON.parse(stdout) as Plan).guest?.rights.map(({ group, resources, verbs }) => ({ apiGroups: [group], resources: [...resources], verbs: [...verbs] })) ?? [];
  return [...rules, { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['escalate', 'bind'] }];
}

/** A user's own things are no part of what is compared. */
async function userWith(name: string, rules: readonly V1PolicyRule[]): Promise<string> {
  const kubeconfig = await theirs.kubeconfigOf(name, rules);
  await until('the account\'s own certificate', async ({ signal }) => ((await theirs.admin.http.get('/api/v1/namespaces/theirs/configmaps/kube-root-ca.crt', { signal })).status === 200 ? true : undefined), { timeoutMs: 10_000 });
  before = await objectsOf(theirs.admin);
  return kubeconfig;
}

test('with just the rights that the plan lists, and a token of three seconds, a claim is judged; one that needs more clusters is skipped', async () => {
  await using output = await outputFolder();
  const kubeconfig = await userWith('enough', await neededRules());
  const run = await call('run', 'TI-1', ...claim, ...here(kubeconfig), '--output', output.path);
  expect(run.exitCode, run.stdout + run.stderr).toBe(4);
  const { claims } = await reportIn(output.path);
  expect(claims.map(({ id, verdict, twin }) => `${id} ${verdict}, twin ${twin.verdict}`)).toEqual(['TI-1 skipped, twin skipped', 'SD-2 pass, twin fail']);
  expect(claims[0]?.reason).toMatch(/^needs 3 clusters, and there is one/);
  expect(run.stdout.replaceAll(/\s+/g, ' ')).toMatch(/warning a guest in clusters that are there already \(Context team\/a: .*2 nodes for pods.\): makes namespaces pl-\w{6}-… .*nothing else/);
});

test('without a right nothing is made, and each that is missing is named', async () => {
  const rules = await neededRules();
  const fewer = rules.filter(({ resources, verbs }) => !resources?.includes('clusterroles') && !verbs.includes('escalate')).map((rule) => ({ ...rule, resources: rule.resources?.filter((one) => one !== 'pods/log') ?? [] }));
  await using output = await outputFolder();
  const run = await call('run', ...claim, ...here(await userWith('too-few', fewer)), '--output', output.path);
  expect(run.exitCode).toBe(3);
  const said = run.stderr.replaceAll(/\s+/g, ' ');
  expect(said).toMatch(/PL-RIGHTS-MISSING .*not allowed: context team\/a: get pods\/log in its namespaces; context team\/a: get, create, patch, list, delete clusterroles\.rbac.*; context team\/a: escalate, bind clusterroles in the cluster, or else .*watch namespaces in the cluster/);
  expect(said).not.toMatch(/get pods\/proxy in its|daemonsets\.apps in its/);
});

test('init reads what runs there with rights to read alone, and what it writes is taken; nothing is changed', async () => {
  const reader = await userWith('reader', [
    { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets'], verbs: ['list'] }, { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
    { apiGroups: ['opentelemetry.io'], resources: ['opentelemetrycollectors', 'targetallocators'], verbs: ['list'] },
  ]);
  await using folder = await outputFolder();
  await makeWatched(theirs.admin);
  try {
    const watched = await objectsOf(theirs.admin);
    const init = await start(['init', '--from-cluster', 'team/a', '--kubeconfig', reader], {}, { cwd: folder.path });
    expect(init.exitCode, init.stderr).toBe(0);
    expect(await objectsOf(theirs.admin)).toEqual(watched);
  } finally {
    await removeWatched(theirs.admin);
  }
  const written = await readFile(join(folder.path, 'plumbline.config.yaml'), 'utf8');
  expect(written).not.toContain('planted');
  expect(written).toMatch(/#   Node: 403 from \/api\/v1\/nodes/);
  const { stdout } = await start(['config', '--json'], {}, { cwd: folder.path });
  const settings = new Map((JSON.parse(stdout) as SettingRow[]).map(({ name, value }) => [name, value]));
  expect(['versions.collector', 'versions.mimir', 'allocator.strategy', 'tenants'].map((name) => settings.get(name))).toEqual(['0.131.0', '2.17.1', 'per-node', { 'team-b': { mimir: { ingestion_rate: 20_000 } }, 'team-a': {} }]);
  expect(settings.get('collector.config')).toMatchObject({ exporters: { otlphttp: { headers: { 'X-Scope-OrgID': expect.stringMatching(/^team-[ab]$/) } } } });
});

test('killed (-9) with all of it there, and the operator dead as well: down takes it all away', async () => {
  await using output = await outputFolder();
  const run = start(['run', ...claim, ...here(theirs.kubeconfig), '--output', output.path]);
  const id = await reach(output.path, (event) => event.kind === 'step.note' && event.note.includes('every target scraped'));
  run.kill('SIGKILL');
  await run;
  await endOperator(id);
  const down = await call('down', id);
  expect(down.exitCode, down.stdout).toBe(0);
  expect(down.stdout).toMatch(new RegExp(`^${id}  removed: .*webhook configuration pl-${id}-operator-mutating in team/a.*namespace pl-${id}-operator in team/a`));
  expect((await call('down', id)).stderr).toContain('PL-RUN-UNKNOWN');
});

test('interrupted, a run takes away what it made', async () => {
  await using output = await outputFolder();
  const run = start(['run', ...claim, ...here(theirs.kubeconfig), '--output', output.path], {}, { detached: true });
  await reach(output.path, (event) => event.kind === 'step.started' && event.step.startsWith('operator'));
  await until('its definitions', async () => ((await theirs.admin.http.get('/apis/opentelemetry.io')).status === 200 ? true : undefined), { timeoutMs: 60_000, intervalMs: 50 });
  process.kill(-(run.pid ?? NaN), 'SIGINT');
  expect((await run).exitCode).toBe(130);
});

test('beside an operator of theirs, on a node that is left to it, a platform of plain objects stays; from elsewhere it is found by its label', async () => {
  await apply(theirs.admin, [definition]);
  await setCordoned('box-1', true);
  before = await objectsOf(theirs.admin);
  const skipped = JSON.parse((await call('run', 'SD-2', ...here(theirs.kubeconfig), '--set', 'nodes=1', '--dry-run', '--json')).stdout) as Plan;
  expect(skipped.claims[0]?.skipped).toMatch(/^brings an OpenTelemetry operator, and one is there already \(its definitions, in context team\/a\): --set operator=null/);
  await using output = await outputFolder();
  await using elsewhere = await outputFolder();
  const up = await start(['up', 'SD-2', ...here(theirs.kubeconfig), '--set', 'operator=null', '--set', 'nodes=1', '--output', output.path], { XDG_STATE_HOME: elsewhere.path });
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  const [, id = ''] = /^Run (\w{6}) stays up/m.exec(up.stdout) ?? [];
  expect((await podsOf(theirs.admin, `pl-${id}-sd-2`, 'app.kubernetes.io/name=collector')).map(({ spec }) => spec?.nodeName)).toEqual(['box-2']);
  expect(up.stdout).toMatch(new RegExp(`kubectl --kubeconfig ${elsewhere.path}/\\S+/team%2Fa.yaml -n pl-${id}-sd-2 port-forward pod/collector-\\S+ 18\\d+:8888  # \\S+: http://127.0.0.1:18\\d+/metrics`));
  const provider = existingProvider({ kubeconfig: theirs.kubeconfig });
  expect(await removeRuns([], [provider])).toEqual(expect.arrayContaining([{ runId: id, outcome: 'spared' }]));
  expect(await removeRuns([id], [provider])).toMatchObject([{ runId: id, outcome: 'removed', things: expect.arrayContaining([`namespace pl-${id}-sd-2 in team/a`]) }]);
  await setCordoned('box-1', false);
});

test('a guest changes nothing that is not its own, whoever asks it to; and what others made of its definitions stays', async () => {
  await theirs.admin.http.delete(`${definitions}/${definition.metadata?.name}`);
  await until('their definition gone', async () => ((await theirs.admin.http.get(`${definitions}/${definition.metadata?.name}`)).status === 404 ? true : undefined), { timeoutMs: 30_000 });
  before = await objectsOf(theirs.admin);
  const provider = existingProvider({ kubeconfig: theirs.kubeconfig }, 1000);
  const run = await newRun(newRunId());
  const [cluster, same] = [await provider.create({ name: 'a2', nodes: [], place: 0 }, run), await provider.create({ name: 'b1', nodes: [] }, run)];
  expect([cluster === same, cluster.nodes.map(({ name }) => name), cluster.kubernetesVersion]).toEqual([true, ['box-1', 'box-2'], '1.33.4']);
  const guest = await kubeClient(cluster.kubeconfigPath);
  const refused = { problem: { code: 'PL-NOT-OURS' } };
  await expect(apply(guest, [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'view' }, rules: [] } as KubernetesObject])).rejects.toMatchObject(refused);
  await expect(apply(guest, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'default' } }])).rejects.toMatchObject(refused);
  await expect(guest.http.delete('/api/v1/namespaces/theirs')).rejects.toMatchObject(refused);
  await expect(guest.http.delete('/apis/rbac.authorization.k8s.io/v1/clusterroles')).rejects.toMatchObject(refused);
  await apply(guest, [namespaceObject(run.id, `pl-${run.id}-own`), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: `pl-${run.id}-own` } }, { ...definition, metadata: { name: definition.metadata?.name ?? '', labels: { 'plumbline.dev/run': run.id } } }]);
  await apply(theirs.admin, [{ apiVersion: 'opentelemetry.io/v1', kind: 'Instrumentation', metadata: { name: 'precious', namespace: 'default' } }]);
  await cluster[Symbol.asyncDispose]();
  // The other one is there yet.
  expect((await guest.http.get(`/api/v1/namespaces/pl-${run.id}-own`)).status).toBe(200);
  await expect(same[Symbol.asyncDispose]()).rejects.toMatchObject({ problem: { code: 'PL-NOT-OURS', seen: expect.stringContaining('default/instrumentations/precious') } });
  await theirs.admin.http.delete('/apis/opentelemetry.io/v1/namespaces/default/instrumentations/precious');
  expect(await provider.remove(run.id)).toEqual([`definition ${definition.metadata?.name} in team/a`]);
  await expect(cluster.loadImages([{ reference: 'plumbline.local/absent:1', path: '/cache/absent.tar' } as ImageArchive])).rejects.toMatchObject({
    problem: { code: 'PL-IMAGES-NOT-THERE', seen: 'plumbline.local/absent:1 is not on box-1, box-2', next: expect.stringContaining('ctr -n k8s.io images import /cache/absent.tar') },
  });
});

test('what stands in the way is said beforehand: no such context, nobody who answers, or not in time', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  const file = parse(await readFile(theirs.kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] };
  const at = async (port: number): Promise<string> => {
    const path = join(theirs.kubeconfig, `../at-${port}.yaml`);
    await writeFile(path, stringify({ ...file, clusters: [{ name: 'k', cluster: { ...file.clusters[0]?.cluster, server: `https://127.0.0.1:${port}` } }] }));
    return path;
  };
  const began = performance.now();
  const [late, closed, unknown] = await Promise.all([
    existingProvider({ kubeconfig: await at((silent.address() as AddressInfo).port) }).abilities(), existingProvider({ kubeconfig: await at(1) }).abilities(),
    existingProvider({ kubeconfig: theirs.kubeconfig, contexts: ['team/b'] }).abilities(),
  ]);
  expect(performance.now() - began).toBeLessThan(6000);
  expect(late).toMatchObject({ usable: false, findings: [expect.stringMatching(/^Context team\/a: .* no answer in 5 s/i)] });
  expect(closed).toMatchObject({ usable: false, findings: [expect.stringContaining('ECONNREFUSED 127.0.0.1:1')] });
  expect(unknown).toMatchObject({ usable: false, findings: [expect.stringContaining('Did you mean team/a?')] });
  silent.close();
});

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Of the operator's group, and not as this operator has it. */
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'instrumentations.opentelemetry.io' },
  spec: {
    group: 'opentelemetry.io', scope: 'Namespaced', names: { kind: 'Instrumentation', plural: 'instrumentations' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
} as KubernetesObject;

async function reach(output: string, reached: (event: RunEvent) => boolean): Promise<string> {
  return until('the phase', async () => {
    const events = await eventsIn(output);
    const [first] = events;
    return first?.kind === 'run.started' && events.some(reached) ? first.runId : undefined;
  }, { timeoutMs: 180_000, intervalMs: 50 });
}

/** Nobody then takes off the finalizers that the operator put on. */
async function endOperator(runId: string): Promise<void> {
  const namespace = `pl-${runId}-operator`;
  await theirs.admin.http.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/operator`, '{"spec":{"replicas":0}}', { headers: { 'Content-Type': 'application/merge-patch+json' } });
  await until('the operator gone', async ({ signal }) => ((await podsOf(theirs.admin, namespace, 'app.kubernetes.io/name=operator', signal)).length === 0 ? true : undefined), { timeoutMs: 30_000 });
  const { items } = json(await get(theirs.admin, '/apis/opentelemetry.io/v1beta1/opentelemetrycollectors')) as { items: KubernetesObject[] };
  expect(items.flatMap(({ metadata }) => metadata?.finalizers ?? [])).not.toEqual([]);
}

async function setCordoned(node: string, unschedulable: boolean): Promise<void> {
  await theirs.admin.http.patch(`/api/v1/nodes/${node}`, JSON.stringify({ spec: { unschedulable } }), { headers: { 'Content-Type': 'application/merge-patch+json' } });
}
