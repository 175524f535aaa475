import type { KubernetesObject } from '@kubernetes/client-node';
import { apply } from '../clusters/kubernetes.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { allocatorDeployment, allocatorEndpoint } from '../components/allocator/manifests.ts';
import { collectorConfig } from '../components/collector/config.ts';
import type { TargetsFrom } from '../components/collector/config.ts';
import { collectorDaemonSet } from '../components/collector/manifests.ts';
import { labels } from '../components/labels.ts';
import { mimirDeployment, mimirOtlpEndpoint } from '../components/mimir/manifests.ts';
import { targetImage } from '../components/target/image.ts';
import { targetDeployment } from '../components/target/manifests.ts';
import { targetScrapeConfig } from '../components/target/scrape.ts';
import { imageKey } from './images.ts';
import { sideNamespace, sideTargetsNamespace } from './platform.ts';
import type { Platform } from './platform.ts';
import { rolledOut } from './rollout.ts';
import type { PlatformSpec } from './spec.ts';

export interface Deployment {
  readonly runId: string;
  readonly client: KubeClient;
  readonly spec: PlatformSpec;
  /** DNS label of this platform within the run, e.g. `sd-1-twin`; tenant and namespace are named after it. */
  readonly name: string;
  /** Image references by imageKey. */
  readonly images: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  /** True where sides before this one are kept: their collectors go on scraping the targets that they share. */
  readonly ownTargets: boolean;
  note(text: string): void;
}

/**
 * Deploys what the spec says and waits until all of it is Ready. Backend and targets are applied where they already
 * run: applying is idempotent, and sides of equal shape share them.
 * @throws PlumblineError PL-COMPONENT-EXITED with a component's last lines, PL-WAIT-TIMEOUT with what it waited for
 */
export async function deploy(deployment: Deployment): Promise<Platform> {
  const { runId, spec, name, client } = deployment;
  const platform: Platform = {
    spec, runId, client, tenant: name,
    namespace: sideNamespace(runId, name),
    targetsNamespace: deployment.ownTargets ? sideTargetsNamespace(runId, name) : `pl-${runId}-targets-${spec.targets.pods}`,
    ...(spec.mimir ? { mimirNamespace: `pl-${runId}-mimir` } : {}),
  };
  await start(deployment, [...targets(deployment, platform), ...backend(deployment, platform), ...allocator(deployment, platform)]);
  await Promise.all([
    ready(deployment, platform.targetsNamespace, 'Deployment', 'target'),
    ...(spec.allocator ? [ready(deployment, platform.namespace, 'Deployment', 'allocator')] : []),
    ...(platform.mimirNamespace ? [ready(deployment, platform.mimirNamespace, 'Deployment', 'mimir')] : []),
  ]);
  // Collectors come last: one that starts before its allocator answers exits in older versions.
  await start(deployment, collectors(deployment, platform));
  await ready(deployment, platform.namespace, 'DaemonSet', 'collector');
  return platform;
}

function targets({ runId, images, spec }: Deployment, { targetsNamespace: namespace }: Platform): KubernetesObject[] {
  return [namespaceObject(runId, namespace), ...targetDeployment({ runId, namespace, image: reference(images, targetImage()) }, spec.targets.pods)];
}

function backend({ runId, images, spec }: Deployment, { mimirNamespace: namespace }: Platform): KubernetesObject[] {
  if (!spec.mimir || !namespace) return [];
  const image = reference(images, { component: 'mimir', version: spec.mimir.version });
  return [namespaceObject(runId, namespace), ...mimirDeployment({ runId, namespace, image })];
}

function allocator({ runId, images, spec }: Deployment, { namespace, targetsNamespace }: Platform): KubernetesObject[] {
  const own = namespaceObject(runId, namespace);
  if (!spec.allocator) return [own];
  const image = reference(images, { component: 'allocator', version: spec.allocator.version });
  const scrapeConfigs = [targetScrapeConfig(runId, targetsNamespace, spec.collector.scrapeIntervalSeconds)];
  return [own, ...allocatorDeployment({ runId, namespace, image }, { strategy: spec.allocator.strategy, scrapeConfigs })];
}

function collectors({ runId, images, spec }: Deployment, { namespace, targetsNamespace, mimirNamespace, tenant }: Platform): KubernetesObject[] {
  const image = reference(images, { component: 'collector', version: spec.collector.version });
  const targetsFrom: TargetsFrom = spec.allocator
    ? { kind: 'allocator', endpoint: allocatorEndpoint({ namespace }) }
    : { kind: 'own-discovery', scrapeConfigs: [targetScrapeConfig(runId, targetsNamespace, spec.collector.scrapeIntervalSeconds)] };
  const config = collectorConfig({ targetsFrom, tenant, ...(mimirNamespace ? { metricsEndpoint: mimirOtlpEndpoint(mimirNamespace) } : {}) });
  return collectorDaemonSet({ runId, namespace, image }, config);
}

function namespaceObject(runId: string, name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: labels(runId, 'namespace') } };
}

function reference(images: ReadonlyMap<string, string>, image: { component: string; version: string }): string {
  const found = images.get(imageKey(image));
  if (found === undefined) throw new Error(`image ${imageKey(image)} was not brought to this cluster`);
  return found;
}

async function start(deployment: Deployment, objects: readonly KubernetesObject[]): Promise<void> {
  await apply(deployment.client, objects, deployment.signal);
}

async function ready(deployment: Deployment, namespace: string, kind: 'Deployment' | 'DaemonSet', name: string): Promise<void> {
  await rolledOut({ client: deployment.client, namespace, kind, name }, deployment);
}
