import { collectorConfig } from '../components/collector/config.ts';
import { scrapingWorkload } from '../components/collector/workload.ts';
import { targetImage } from '../components/target/image.ts';
import { targetDeployment } from '../components/target/manifests.ts';
import { targetMonitor } from '../components/target/monitors.ts';
import { nodelessScrapeConfigs } from '../components/target/nodeless.ts';
import { targetScrapeConfig } from '../components/target/scrape.ts';
import { startCollectors, targetsFrom } from './collectors.ts';
import { startMonitors } from './monitors.ts';
import type { Operator } from './operator.ts';
import { imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import type { Platform } from './platform.ts';

/** A platform whose targets are scraped: what every part of it is deployed from. */
type Scraped = Platform & { readonly targetsNamespace: string };

/** Starts targets and waits until they are Ready. */
export async function startTargets(deployment: Deployment, { client, targetsNamespace: namespace, spec }: Scraped): Promise<void> {
  const { runId, images } = deployment;
  const place = { runId, namespace, image: imageReference(images, targetImage()) };
  await start(client, [namespaceObject(runId, namespace), ...targetDeployment(place, spec.targets ?? { pods: 0, portsEach: 1 })], deployment);
  await ready({ client, namespace, kind: 'Deployment', name: 'target' }, deployment);
}

/** Starts the scraping collectors, and the allocator where there is one. */
export async function startScrapers(deployment: Deployment, platform: Scraped, operator: Operator | undefined): Promise<void> {
  const { client, namespace, targetsNamespace, mimir, tenant, spec } = platform;
  const { mode, replicas, scrapeIntervalSeconds: every } = spec.collector;
  const nodeless = spec.targets?.nodeless === true;
  const { runId } = deployment;
  const { through = 'scrape-configs', portsEach = 1 } = spec.targets ?? {};
  const monitors = through !== 'scrape-configs';
  if (monitors) await startMonitors(deployment, { client, namespace }, targetMonitor(through, { runId, namespace, targetsNamespace, portsEach, intervalSeconds: every }));
  const scrapeConfigs = [...(monitors ? [] : [targetScrapeConfig(runId, targetsNamespace, every)]), ...(nodeless ? nodelessScrapeConfigs(targetsNamespace, every) : [])];
  const at = { client, namespace, operator, scrapeConfigs };
  const config = collectorConfig({ targetsFrom: targetsFrom(deployment, at), tenant, ...(mimir ? { metricsEndpoint: mimir.otlpUrl } : {}) });
  await startCollectors(deployment, { ...at, monitors, workload: scrapingWorkload(config, true, { ...(mode === 'statefulset' ? { replicas } : {}), ...(nodeless ? { scrapesApiServer: true } : {}) }) });
}
