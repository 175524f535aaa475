import { allocatorImage } from '../components/allocator/image.ts';
import { ordersImage, shopDatabaseImage, storefrontImage } from '../components/apps/images.ts';
import { collectorImage } from '../components/collector/image.ts';
import { gateImage } from '../components/gate/image.ts';
import { grafanaImage } from '../components/grafana/image.ts';
import { javaAgentImage, nodeInstrumentationImage } from '../components/instrumentation/images.ts';
import { jaegerImage } from '../components/jaeger/image.ts';
import { k6Image } from '../components/k6/image.ts';
import { lokiImage } from '../components/loki/image.ts';
import { mimirImage } from '../components/mimir/image.ts';
import { operatorImage } from '../components/operator/image.ts';
import { senderImage } from '../components/sender/image.ts';
import { targetImage } from '../components/target/image.ts';
import { tempoImage } from '../components/tempo/image.ts';
import type { ImageRecipe } from '../images/source.ts';
import { appsCluster, clusterNamesOf, collectorClusters, clusterOfTenant } from './clusters.ts';
import type { PlatformSpec } from './spec.ts';

/** The images that a platform needs, in the order in which a deployment starts them. */
export function platformImages(spec: PlatformSpec): readonly ImageRecipe[] {
  const all = clusterNamesOf(spec).flatMap((cluster) => clusterImages(spec, cluster));
  return [...new Map(all.map((image) => [imageKey(image), image])).values()];
}

/** Those of them that the nodes of one of its clusters need. */
export function clusterImages(spec: PlatformSpec, cluster: string): readonly ImageRecipe[] {
  const { targets, allocator, operator, mimir, loki, tempo, jaeger, grafana, gate } = spec;
  const tenants = Object.keys(spec.tenants).some((tenant) => clusterOfTenant(spec, tenant) === cluster);
  if (spec.installed) return tenants ? [senderImage()] : [];
  const first = cluster === clusterNamesOf(spec)[0];
  const collectors = collectorClusters(spec).includes(cluster);
  const scrapes = (first && targets !== null) || (spec.apps?.scraped === true && cluster === appsCluster(spec));
  return [
    ...(first && targets ? [targetImage()] : []),
    ...(allocator && scrapes ? [allocatorImage(allocator.version)] : []),
    ...(operator && collectors ? [operatorImage(operator.version)] : []),
    ...(collectors ? [collectorImage(spec.collector.version)] : []),
    ...(first && mimir ? [mimirImage(mimir.version)] : []),
    ...(first && loki ? [lokiImage(loki.version)] : []),
    ...(first && tempo ? [tempoImage(tempo.version)] : []),
    ...(first && jaeger ? [jaegerImage(jaeger.version)] : []),
    ...(first && grafana ? [grafanaImage(grafana.version)] : []),
    // Not only where the gate is: outages of nodes are made by it wherever collectors run.
    ...(gate && (first || tenants) ? [gateImage()] : []),
    ...(tenants ? [senderImage()] : []),
    ...(cluster === appsCluster(spec) ? appImages(spec) : []),
  ];
}

function appImages({ apps, load }: PlatformSpec): readonly ImageRecipe[] {
  return [
    ...(apps ? [shopDatabaseImage(), storefrontImage(), ordersImage()] : []),
    ...(apps?.injected ? [javaAgentImage(apps.javaAgent), nodeInstrumentationImage()] : []),
    ...(load ? [k6Image(load.version)] : []),
  ];
}

const ownSettings: Readonly<Record<string, string>> = { k6: 'load.version', 'autoinstrumentation-java': 'apps.javaAgent' };
const versioned = ['collector', 'allocator', 'operator', 'mimir', 'loki', 'tempo', 'jaeger', 'grafana'];

/** The setting of platforms that chooses a component's version, as `--set` names it; undefined where there is none. */
export function versionSetting(component: string): string | undefined {
  return ownSettings[component] ?? (versioned.includes(component) ? `${component}.version` : undefined);
}

/** Key of an image among the ones that a run has: `collector 0.131.0`. */
export function imageKey(image: { component: string; version: string }): string {
  return `${image.component} ${image.version}`;
}
