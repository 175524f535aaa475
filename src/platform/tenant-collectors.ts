import { podLogsFolder } from '../clusters/provider.ts';
import { appsScrapeConfig } from '../components/apps/scrape.ts';
import type { Besides } from '../components/collector/beside.ts';
import { compositionOf } from '../components/collector/composition.ts';
import { podFilesReceiver } from '../components/collector/pod-files.ts';
import type { Balancing } from '../components/collector/sampling-config.ts';
import { prometheusReceiver } from '../components/collector/targets-from.ts';
import { tenantCollectorConfig } from '../components/collector/tenant-config.ts';
import type { OtlpUrls } from '../components/collector/tenant-config.ts';
import { enriches, podFacts } from '../components/collector/user-config-references.ts';
import { tenantWorkload } from '../components/collector/workload.ts';
import type { CollectorWorkload, TenantWorkloadOptions } from '../components/collector/workload.ts';
import type { Backends } from './backends.ts';
import { clusterOfTenant } from './clusters.ts';
import { startCollectors, targetsFrom } from './collectors.ts';
import type { Collectors } from './collectors.ts';
import type { StartedGate } from './gate.ts';
import { startOperator } from './operator.ts';
import { nodeOf } from './parts.ts';
import type { Deployment } from './parts.ts';
import { tolerationsFor } from './placement.ts';
import { sideAppsNamespace } from './platform.ts';
import type { JaegerPlace, Tenant } from './platform.ts';
import { samplersKnown, startSamplers } from './samplers.ts';
import type { PlatformSpec } from './spec.ts';

/** The discard port: nobody listens there in a collector's pod. */
const nobody = 'http://127.0.0.1:9';

/** Where data goes that does not go straight to the backends. */
export interface OtherWays {
  readonly gate: StartedGate | undefined;
  readonly jaeger: JaegerPlace | undefined;
}

/** Starts the collectors of one cluster's tenants; the first tenant of the platform also has the apps' metrics and output. */
export async function startTenantCollectors(deployment: Deployment, tenants: readonly Tenant[], backends: Backends, { gate, jaeger }: OtherWays): Promise<void> {
  const { runId, spec, name } = deployment;
  const [first] = tenants;
  if (!first) return;
  const { client, namespace } = first;
  const withApps = spec.apps && first.name === Object.keys(spec.tenants)[0] ? spec.apps : undefined;
  const scrapeConfigs = withApps?.scraped ? [appsScrapeConfig(runId, sideAppsNamespace(runId, name), spec.collector.scrapeIntervalSeconds)] : [];
  const at = { client, namespace, scrapeConfigs, operator: await startOperator(deployment, client) };
  const besides = besidesOf(deployment, at, first.name);
  const all = Object.entries({ ...(jaeger ? { tempo: jaeger } : {}), ...backends });
  // Where there is no Tempo, Jaeger has its place, with the exporter's name and header: a swap changes its endpoint, and nothing else.
  const otlpUrls = Object.fromEntries(all.map(([backend, { otlpUrl }]) => [backend, otlpUrl]));
  const usual = (tenant: string): OtlpUrls => gate?.otlpUrls(tenant) ?? otlpUrls;
  const balancing = await startSamplers(deployment, { ...at, tenant: first.taggedAs, otlpUrl: usual(first.name).tempo ?? '' });
  const workload = (urlsOf: (tenant: string) => OtlpUrls, samplers?: Balancing): CollectorWorkload => workloadOf(deployment, tenants, besides, urlsOf, samplers);
  const node = spec.collector.nowhereOn;
  const apart = node === undefined ? {} : { apart: { node: nodeOf(deployment, clusterOfTenant(spec, first.name), node), workload: workload(() => nowhere(otlpUrls)) } };
  await startCollectors(deployment, { ...at, workload: workload(usual, balancing), ...apart });
  await samplersKnown(deployment, at);
}

function workloadOf({ spec }: Deployment, tenants: readonly Tenant[], besides: Besides, urlsOf: (tenant: string) => OtlpUrls, balancing: Balancing | undefined): CollectorWorkload {
  const collected = tenants.map((one) => ({ name: one.name, id: one.taggedAs, otlpUrls: urlsOf(one.name), balancing }));
  const user = spec.collector.config;
  const config = tenantCollectorConfig({ tenants: collected, otlpUrls: urlsOf(collected[0]?.name ?? ''), delivery: spec.collector, user, ...besides });
  const { persistent } = compositionOf(spec.collector, user);
  const workload = tenantWorkload(config, {
    tenants: tenants.length, persistent, discovers: besides.scraping !== undefined, ...(besides.files ? { podLogs: podLogsFolder } : {}),
    ...memoryOf(spec.collector), ...endOf(spec.collector), tolerations: tolerationsFor(spec),
  });
  return user ? { ...workload, enriches: enriches(user), podFacts: podFacts(user) } : workload;
}

function endOf({ graceSeconds, handover }: PlatformSpec['collector']): Pick<TenantWorkloadOptions, 'graceSeconds' | 'handover'> {
  return { ...(graceSeconds === undefined ? {} : { graceSeconds }), ...(handover === undefined ? {} : { handover }) };
}

function memoryOf({ memory }: PlatformSpec['collector']): Pick<TenantWorkloadOptions, 'memory'> {
  const { requestMiB, limitMiB, goMemLimitMiB } = memory ?? {};
  const own = { ...(requestMiB == null ? {} : { request: requestMiB }), ...(limitMiB == null ? {} : { limit: limitMiB }), ...(goMemLimitMiB == null ? {} : { goMemLimit: goMemLimitMiB }) };
  return memory ? { memory: own } : {};
}

function besidesOf(deployment: Deployment, at: Pick<Collectors, 'namespace' | 'operator' | 'scrapeConfigs'>, tenant: string): Besides {
  const { runId, spec, name } = deployment;
  const reads = spec.apps?.logs === 'files' && tenant === Object.keys(spec.tenants)[0];
  return {
    ...(at.scrapeConfigs.length > 0 ? { scraping: { tenant, receiver: prometheusReceiver(targetsFrom(deployment, at)) } } : {}),
    ...(reads ? { files: { tenant, receiver: podFilesReceiver(podLogsFolder, sideAppsNamespace(runId, name)) } } : {}),
  };
}

function nowhere(urls: OtlpUrls): OtlpUrls {
  return Object.fromEntries(Object.keys(urls).map((backend) => [backend, nobody]));
}
