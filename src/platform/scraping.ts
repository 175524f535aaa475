import type { KubernetesObject } from '@kubernetes/client-node';
import { allocatorDeployment, allocatorEndpoint } from '../components/allocator/manifests.ts';
import { collectorConfig } from '../components/collector/config.ts';
import type { TargetsFrom } from '../components/collector/config.ts';
import { collectorDaemonSet } from '../components/collector/manifests.ts';
import { targetImage } from '../components/target/image.ts';
import { targetDeployment } from '../components/target/manifests.ts';
import { targetScrapeConfig } from '../components/target/scrape.ts';
import { imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import type { Platform } from './platform.ts';

/** A platform whose targets are scraped: what every part of it is deployed from. */
type Scraped = Platform & { readonly targetsNamespace: string };

/** Starts targets, and the allocator where there is one, and waits until they are Ready. */
export async function startTargets(deployment: Deployment, platform: Scraped): Promise<void> {
  const { client, targetsNamespace, namespace, spec } = platform;
  await start(client, [...targets(deployment, platform), ...allocator(deployment, platform)], deployment);
  await Promise.all([
    ready({ client, namespace: targetsNamespace, kind: 'Deployment', name: 'target' }, deployment),
    ...(spec.allocator ? [ready({ client, namespace, kind: 'Deployment', name: 'allocator' }, deployment)] : []),
  ]);
}

/** Starts the scraping collectors. They come last: one that starts before its allocator answers exits in older versions. */
export async function startScrapers(deployment: Deployment, platform: Scraped): Promise<void> {
  const { client, namespace } = platform;
  await start(client, scrapers(deployment, platform), deployment);
  await ready({ client, namespace, kind: 'DaemonSet', name: 'collector' }, deployment);
}

function targets({ runId, images }: Deployment, { targetsNamespace: namespace, spec }: Scraped): KubernetesObject[] {
  return [namespaceObject(runId, namespace), ...targetDeployment({ runId, namespace, image: imageReference(images, targetImage()) }, spec.targets?.pods ?? 0)];
}

function allocator({ runId, images }: Deployment, { namespace, targetsNamespace, spec }: Scraped): KubernetesObject[] {
  const own = namespaceObject(runId, namespace);
  if (!spec.allocator) return [own];
  const image = imageReference(images, { component: 'allocator', version: spec.allocator.version });
  const scrapeConfigs = [targetScrapeConfig(runId, targetsNamespace, spec.collector.scrapeIntervalSeconds)];
  return [own, ...allocatorDeployment({ runId, namespace, image }, { strategy: spec.allocator.strategy, scrapeConfigs })];
}

function scrapers({ runId, images }: Deployment, { namespace, targetsNamespace, mimir, tenant, spec }: Scraped): KubernetesObject[] {
  const image = imageReference(images, { component: 'collector', version: spec.collector.version });
  const targetsFrom: TargetsFrom = spec.allocator
    ? { kind: 'allocator', endpoint: allocatorEndpoint({ namespace }) }
    : { kind: 'own-discovery', scrapeConfigs: [targetScrapeConfig(runId, targetsNamespace, spec.collector.scrapeIntervalSeconds)] };
  const config = collectorConfig({ targetsFrom, tenant, ...(mimir ? { metricsEndpoint: mimir.otlpUrl } : {}) });
  return collectorDaemonSet({ runId, namespace, image }, config);
}
