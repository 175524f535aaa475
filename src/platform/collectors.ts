import type { KubernetesObject, V1Affinity } from '@kubernetes/client-node';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { allocatorAccount, allocatorDeployment, allocatorEndpoint, operatedAllocator } from '../components/allocator/manifests.ts';
import { collectorAccount, collectorObjects, collectorService, operatedCollector, workloadKind } from '../components/collector/manifests.ts';
import type { TargetsFrom } from '../components/collector/targets-from.ts';
import type { CollectorWorkload } from '../components/collector/workload.ts';
import { onNode } from '../components/kit.ts';
import { allocatorResource } from '../components/operator/resources.ts';
import type { AllocatorShape, CollectorShape } from '../components/operator/resources.ts';
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
  /** Whether the allocator reads monitors in their place. */
  readonly monitors?: boolean;
  /** A node whose collector is another one. */
  readonly apart?: { readonly node: string; readonly workload: CollectorWorkload };
}

type Scraping = Pick<Collectors, 'namespace' | 'operator' | 'scrapeConfigs'>;

/** Name of the operator's resource; what it makes of that is called `collector-collector` and `collector-targetallocator`. */
const main = 'collector';

/** What a change of a side's collectors begins and ends with, where the operator deploys them. */
export const operated = { resource: main, daemonSet: `${main}-collector` } as const;
const apartName = 'apart';

/** What a collector's resource has while it is to have no pods yet: no node has the label, and a stateful set's pods would wait for one. */
const heldBack: Readonly<Record<ReturnType<typeof workloadKind>, Partial<CollectorShape>>> = {
  DaemonSet: { nodeSelector: { 'plumbline.dev/held-back': 'until-the-allocator-answers' } },
  StatefulSet: { replicas: 0 },
};

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

async function startPlain(deployment: Deployment, collectors: Collectors): Promise<void> {
  const { client, namespace, workload, scrapeConfigs, monitors = false } = collectors;
  const { runId, spec, images } = deployment;
  const image = (component: 'allocator' | 'collector', version: string): string => imageReference(images, { component, version });
  if (spec.allocator && isScraping(collectors)) {
    const place = { runId, namespace, image: image('allocator', spec.allocator.version) };
    await start(client, allocatorDeployment(place, { ...spec.allocator, scrapeConfigs, monitors }), deployment);
    await ready({ client, namespace, kind: 'Deployment', name: 'allocator' }, deployment);
  }
  const place = { runId, namespace, image: image('collector', spec.collector.version) };
  await start(client, collectorObjects(place, workload, await collectorAffinity(deployment, client)), deployment);
  await ready({ client, namespace, kind: workloadKind(workload), name: 'collector' }, deployment);
}

async function startOperated(deployment: Deployment, collectors: Collectors, operator: Operator): Promise<void> {
  const { runId, spec } = deployment;
  const { client, namespace, apart, workload, monitors = false } = collectors;
  const kind = workloadKind(workload);
  const names = [main, ...(apart ? [apartName] : [])];
  const made = (of: Workload['kind'], suffix: string): Promise<unknown> => Promise.all(names.map((name) => ready({
    client, namespace, kind: of, name: `${name}-${suffix}`, absent: (signal) => operatorComplaint(operator, { namespace, name }, signal), probedSeldom: true,
  }, deployment)));
  const affinity = await collectorAffinity(deployment, client, apart ? [apart.node] : []);
  if (spec.allocator && isScraping(collectors)) {
    await start(client, [...allocatorAccount({ runId, namespace }, monitors), ...operatedObjects(deployment, collectors, affinity, heldBack[kind])], deployment);
    await made('Deployment', 'targetallocator');
  }
  await start(client, operatedObjects(deployment, collectors, affinity), deployment);
  await made(kind, 'collector');
}

/**
 * @param affinity of the collectors that are none of `apart`
 * @param held what keeps them from having pods
 */
function operatedObjects(deployment: Deployment, collectors: Collectors, affinity: V1Affinity | undefined, held: Partial<CollectorShape> = {}): KubernetesObject[] {
  const { runId, spec, images } = deployment;
  const { namespace, workload, apart } = collectors;
  const place = { runId, namespace, image: imageReference(images, { component: 'collector', version: spec.collector.version }) };
  const allocator = allocatorOf(deployment, collectors);
  // In a collector's own resource the operator takes `per-node` with a daemon set and nothing else, and never without one; in one of the allocator's own it does not look.
  const separate = allocator !== undefined && (allocator.strategy === 'per-node') !== (workloadKind(workload) === 'DaemonSet');
  const from = allocator ? (separate ? { allocatorNamed: main } : { allocator }) : {};
  return [
    ...(separate ? [allocatorResource({ runId, namespace, name: main }, allocator)] : []),
    operatedCollector(place, main, workload, { ...from, ...(affinity ? { affinity } : {}), ...held }),
    ...(apart ? [operatedCollector(place, apartName, apart.workload, { ...from, affinity: onNode(apart.node), ...held })] : []),
  ];
}

function allocatorOf({ spec, images }: Deployment, collectors: Collectors): AllocatorShape | undefined {
  if (!spec.allocator || !isScraping(collectors)) return undefined;
  return operatedAllocator(imageReference(images, { component: 'allocator', version: spec.allocator.version }), spec.allocator.strategy, collectors.monitors ?? false);
}

function isScraping({ scrapeConfigs, monitors = false }: Collectors): boolean {
  return scrapeConfigs.length > 0 || monitors;
}
