import type { KubernetesObject, V1Affinity } from '@kubernetes/client-node';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { allocatorAccount, allocatorDeployment, allocatorEndpoint, operatedAllocator } from '../components/allocator/manifests.ts';
import { collectorAccount, collectorObjects, collectorService, operatedCollector } from '../components/collector/manifests.ts';
import type { TargetsFrom } from '../components/collector/targets-from.ts';
import type { CollectorWorkload } from '../components/collector/workload.ts';
import { onNode } from '../components/kit.ts';
import { allocatorResource } from '../components/operator/resources.ts';
import type { AllocatorShape } from '../components/operator/resources.ts';
import type { ScrapeConfig } from '../components/target/scrape.ts';
import { operatorComplaint } from './operator.ts';
import type { Operator } from './operator.ts';
import { imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import { collectorAffinity, onEveryNode } from './placement.ts';
import type { Workload } from './rollout.ts';

/** Collectors of one side in one cluster. */
export interface Collectors {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Undefined: they are deployed as plain objects. */
  readonly operator: Operator | undefined;
  readonly workload: CollectorWorkload;
  /** What is scraped, where anything is. */
  readonly scrapeConfigs: readonly ScrapeConfig[];
  /** A node whose collector is another one. */
  readonly apart?: { readonly node: string; readonly workload: CollectorWorkload };
}

type Scraping = Pick<Collectors, 'namespace' | 'operator' | 'scrapeConfigs'>;

/** Name of the operator's resource; what it makes of that is called `collector-collector` and `collector-targetallocator`. */
const main = 'collector';

/** What a change of a side's collectors begins and ends with, where the operator deploys them. */
export const operated = { resource: main, daemonSet: `${main}-collector` } as const;
const apartName = 'apart';

/** No node has it: a DaemonSet with this selector has no pods yet. */
const nowhereYet = { 'plumbline.dev/held-back': 'until-the-allocator-answers' };

/** Where the collectors of a platform get their targets from. */
export function targetsFrom({ spec }: Deployment, { namespace, operator, scrapeConfigs }: Scraping): TargetsFrom {
  if (!spec.allocator) return { kind: 'own-discovery', scrapeConfigs };
  const { targetPollSeconds: pollSeconds } = spec.collector;
  return operator ? { kind: 'operated-allocator', scrapeConfigs, pollSeconds } : { kind: 'allocator', endpoint: allocatorEndpoint({ namespace }), pollSeconds };
}

/**
 * Starts collectors on every node, and their allocator where they scrape and the platform has one, and waits until all of it is
 * Ready. Collectors come last: one that starts before its allocator answers exits in older versions.
 */
export async function startCollectors(deployment: Deployment, collectors: Collectors): Promise<void> {
  const { runId } = deployment;
  const { client, namespace, workload } = collectors;
  const place = { runId, namespace };
  const served = workload.ports.length > 0;
  await start(client, [namespaceObject(runId, namespace), ...collectorAccount(place, workload), ...(served ? [collectorService(place, workload, onEveryNode(deployment.spec))] : [])], deployment);
  await (collectors.operator ? startOperated(deployment, collectors, collectors.operator) : startPlain(deployment, collectors));
}

async function startPlain(deployment: Deployment, { client, namespace, workload, scrapeConfigs }: Collectors): Promise<void> {
  const { runId, spec, images } = deployment;
  const image = (component: 'allocator' | 'collector', version: string): string => imageReference(images, { component, version });
  if (spec.allocator && scrapeConfigs.length > 0) {
    const place = { runId, namespace, image: image('allocator', spec.allocator.version) };
    await start(client, allocatorDeployment(place, { strategy: spec.allocator.strategy, scrapeConfigs }), deployment);
    await ready({ client, namespace, kind: 'Deployment', name: 'allocator' }, deployment);
  }
  const place = { runId, namespace, image: image('collector', spec.collector.version) };
  await start(client, collectorObjects(place, workload, await collectorAffinity(deployment, client)), deployment);
  await ready({ client, namespace, kind: 'DaemonSet', name: 'collector' }, deployment);
}

async function startOperated(deployment: Deployment, collectors: Collectors, operator: Operator): Promise<void> {
  const { runId, spec } = deployment;
  const { client, namespace, apart, scrapeConfigs } = collectors;
  const names = [main, ...(apart ? [apartName] : [])];
  const made = (kind: Workload['kind'], suffix: string): Promise<unknown> => Promise.all(names.map((name) => ready({
    client, namespace, kind, name: `${name}-${suffix}`, absent: (signal) => operatorComplaint(operator, { namespace, name }, signal), probedSeldom: true,
  }, deployment)));
  const affinity = await collectorAffinity(deployment, client, apart ? [apart.node] : []);
  if (spec.allocator && scrapeConfigs.length > 0) {
    await start(client, [...allocatorAccount({ runId, namespace }), ...operatedObjects(deployment, collectors, affinity, nowhereYet)], deployment);
    await made('Deployment', 'targetallocator');
  }
  await start(client, operatedObjects(deployment, collectors, affinity), deployment);
  await made('DaemonSet', 'collector');
}

/**
 * @param affinity of the collectors that are none of `apart`
 * @param heldBack selector of nodes in place of all of them
 */
function operatedObjects(deployment: Deployment, collectors: Collectors, affinity: V1Affinity | undefined, heldBack?: Readonly<Record<string, string>>): KubernetesObject[] {
  const { runId, spec, images } = deployment;
  const { namespace, workload, apart } = collectors;
  const place = { runId, namespace, image: imageReference(images, { component: 'collector', version: spec.collector.version }) };
  const allocator = allocatorOf(deployment, collectors);
  // The operator refuses any other strategy in a DaemonSet's own resource; in one of the allocator's own it does not look.
  const separate = allocator !== undefined && allocator.strategy !== 'per-node';
  const from = allocator ? (separate ? { allocatorNamed: main } : { allocator }) : {};
  const held = heldBack ? { nodeSelector: heldBack } : {};
  return [
    ...(separate ? [allocatorResource({ runId, namespace, name: main }, allocator)] : []),
    operatedCollector(place, main, workload, { ...from, ...(affinity ? { affinity } : {}), ...held }),
    ...(apart ? [operatedCollector(place, apartName, apart.workload, { ...from, affinity: onNode(apart.node), ...held })] : []),
  ];
}

function allocatorOf({ spec, images }: Deployment, { scrapeConfigs }: Collectors): AllocatorShape | undefined {
  if (!spec.allocator || scrapeConfigs.length === 0) return undefined;
  return operatedAllocator(imageReference(images, { component: 'allocator', version: spec.allocator.version }), spec.allocator.strategy);
}
