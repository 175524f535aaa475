import type { KubeClient } from '../clusters/kubernetes.ts';
import { backendNames } from '../components/backend.ts';
import { dataSourceUid } from '../components/grafana/data-sources.ts';
import type { DataSource } from '../components/grafana/data-sources.ts';
import { dataSourcesObject, grafanaDeployment } from '../components/grafana/manifests.ts';
import { grafanaLogin, hasDataSource, reloadDataSources } from '../components/grafana/session.ts';
import type { GrafanaSession } from '../components/grafana/session.ts';
import { until } from '../run/wait.ts';
import { nodeAddress, nodePorts } from './backends.ts';
import type { Backends } from './backends.ts';
import { imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import type { Platform, Tenant } from './platform.ts';
import { touchPods } from './touch.ts';

/** Data sources of every side so far: the one file that provisions them has to name them all. */
const provisioned = new WeakMap<KubeClient, Map<string, DataSource>>();

/** From the touched pod to the data sources in Grafana: projection takes about a second, the reload less. */
const provisionTimeoutMs = 60_000;

/** Only the cluster's own network reaches it, and it lives as long as the run: the password is there because Grafana wants one. */
export function grafanaPassword(runId: string): string {
  return `plumbline-${runId}`;
}

/** Starts Grafana where the platform has one, and provisions a data source for each tenant and backend of this side. */
export async function startGrafana(deployment: Deployment, client: KubeClient, backends: Backends, tenants: readonly Tenant[]): Promise<Platform['grafana']> {
  const { runId, spec, images, signal } = deployment;
  if (!spec.grafana) return undefined;
  const namespace = `pl-${runId}-grafana-${spec.grafana.version.replaceAll('.', '-')}`;
  const image = imageReference(images, { component: 'grafana', version: spec.grafana.version });
  const sources = dataSourcesOf(deployment, backends, tenants);
  const isNew = !provisioned.has(client);
  const all = provisioned.get(client) ?? new Map<string, DataSource>();
  provisioned.set(client, all);
  for (const source of sources) all.set(uidOf(source), source);
  const password = grafanaPassword(runId);
  const startUp = async (): Promise<void> => {
    await start(client, [
      namespaceObject(runId, namespace), dataSourcesObject({ runId, namespace }, [...all.values()]),
      ...grafanaDeployment({ runId, namespace, image }, { adminPassword: password }),
    ], deployment);
    await ready({ client, namespace, kind: 'Deployment', name: 'grafana' }, deployment);
  };
  await (isNew ? deployment.step('platform', `grafana ${spec.grafana.version}`, startUp) : startUp());
  const session = await grafanaLogin({ client, namespace }, password, signal);
  await provision(deployment, session, sources);
  const ports = await nodePorts(client, namespace, 'grafana', signal);
  return { ...session, url: `http://${await nodeAddress(client, signal)}:${ports.get('http')}` };
}

function dataSourcesOf({ spec }: Deployment, backends: Backends, tenants: readonly Tenant[]): readonly DataSource[] {
  return tenants.flatMap((tenant) => backendNames.flatMap((backend) => {
    const url = backends[backend]?.url;
    return url === undefined ? [] : [{ tenantId: tenant.id, backend, url, header: spec.grafana?.headerMissingFor !== tenant.name }];
  }));
}

/** A changed file reaches the pod in its own time, and Grafana reads it when it is told to. */
async function provision({ runId, signal, note }: Deployment, session: GrafanaSession, sources: readonly DataSource[]): Promise<void> {
  const { client, namespace } = session;
  await touchPods({ client, namespace, runId, app: 'grafana' }, signal);
  await until('the data sources in Grafana', async ({ saw, signal: look }) => {
    await reloadDataSources(session, look);
    const there = await Promise.all(sources.map((source) => hasDataSource(session, uidOf(source), look)));
    saw(`${there.filter(Boolean).length} of ${sources.length}`);
    return there.every(Boolean) ? true : undefined;
  }, { timeoutMs: provisionTimeoutMs, signal, step: { note } });
}

function uidOf({ tenantId, backend }: DataSource): string {
  return dataSourceUid(tenantId, backend);
}
