import type { V1PolicyRule } from '@kubernetes/client-node';
import type { NeededRights, Right } from '../clusters/rights.ts';
import { allocatorRules, monitorRules } from '../components/allocator/manifests.ts';
import { discoveryRules, enrichmentRules } from '../components/collector/manifests.ts';
import { apiServerRules } from '../components/target/nodeless.ts';
import { enriches } from '../components/collector/user-config-references.ts';
import type { PlatformSpec } from './spec.ts';

/** What a run does in clusters of somebody else: what it makes there, and what its user has to be allowed. Both follow from its platforms. */

const applied = ['get', 'create', 'patch'] as const;
const removed = [...applied, 'list', 'delete'] as const;

/** Of every platform: its namespaces and workloads, how far they are, what they say, and the way to them through the API server. */
const always: readonly Right[] = [
  { where: 'cluster', group: '', resources: ['namespaces'], verbs: removed },
  { where: 'cluster', group: '', resources: ['nodes'], verbs: ['list'] },
  { where: 'namespaces', group: '', resources: ['configmaps', 'services'], verbs: applied },
  { where: 'namespaces', group: '', resources: ['serviceaccounts'], verbs: ['create', 'patch'] },
  { where: 'namespaces', group: 'apps', resources: ['deployments'], verbs: applied },
  { where: 'namespaces', group: 'apps', resources: ['daemonsets'], verbs: [...applied, 'deletecollection'] },
  // Nodes are made to pull by pods.
  { where: 'namespaces', group: '', resources: ['pods'], verbs: [...applied, 'list'] },
  { where: 'namespaces', group: '', resources: ['pods/log', 'pods/proxy', 'services/proxy'], verbs: ['get'] },
];

/** Beside a platform of the user's own: of all that the sender alone. */
const sendersOnly: readonly Right[] = [
  { where: 'cluster', group: '', resources: ['namespaces'], verbs: removed },
  { where: 'cluster', group: '', resources: ['nodes'], verbs: ['list'] },
  { where: 'namespaces', group: '', resources: ['configmaps', 'services'], verbs: applied },
  { where: 'namespaces', group: 'apps', resources: ['deployments'], verbs: applied },
  // Nodes are made to pull by pods here, too.
  { where: 'namespaces', group: '', resources: ['pods'], verbs: [...applied, 'list'] },
  { where: 'namespaces', group: '', resources: ['pods/log', 'services/proxy'], verbs: ['get'] },
];

interface Part {
  is(spec: PlatformSpec): boolean;
  readonly rights: readonly Right[];
}

/** What only some platforms need. */
const parts: readonly Part[] = [
  // They are scaled while they run, and their allocator is started anew.
  { is: ({ collector }) => collector.mode === 'statefulset', rights: [
    { where: 'namespaces', group: 'apps', resources: ['statefulsets'], verbs: [...applied, 'deletecollection'] }, { where: 'namespaces', group: '', resources: ['pods'], verbs: ['delete'] },
  ] },
  { is: isMonitored, rights: [
    { where: 'cluster', group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'], verbs: removed },
    { where: 'namespaces', group: 'monitoring.coreos.com', resources: ['servicemonitors', 'podmonitors'], verbs: ['create', 'patch'] },
  ] },
  // Where the API server is, to know whether its allocator found it.
  { is: isNodeless, rights: [{ where: 'cluster', group: 'discovery.k8s.io', resources: ['endpointslices'], verbs: ['list'] }] },
  // Senders are ordered, asked and stopped; panels are queried by POST.
  { is: ({ tenants }) => Object.keys(tenants).length > 0, rights: [{ where: 'namespaces', group: '', resources: ['services/proxy'], verbs: ['create', 'delete'] }] },
  { is: ({ gate }) => gate, rights: [{ where: 'namespaces', group: '', resources: ['services/proxy'], verbs: ['update'] }] },
  { is: ({ load }) => load !== null, rights: [
    { where: 'namespaces', group: '', resources: ['pods'], verbs: ['delete'] }, { where: 'namespaces', group: '', resources: ['configmaps'], verbs: ['delete'] },
    { where: 'namespaces', group: '', resources: ['pods/proxy'], verbs: ['patch'] },
  ] },
  // What an app takes, its node's kubelet says.
  { is: ({ apps }) => apps?.plainBeside === true, rights: [{ where: 'cluster', group: '', resources: ['nodes/proxy'], verbs: ['get'] }] },
  { is: grantsRights, rights: [{ where: 'cluster', group: 'rbac.authorization.k8s.io', resources: ['clusterroles', 'clusterrolebindings'], verbs: removed }] },
  { is: hasOperator, rights: [
    { where: 'cluster', group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'], verbs: removed },
    { where: 'cluster', group: 'admissionregistration.k8s.io', resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'], verbs: removed },
    { where: 'namespaces', group: '', resources: ['secrets'], verbs: applied },
    { where: 'namespaces', group: 'opentelemetry.io', resources: ['opentelemetrycollectors', 'targetallocators', 'instrumentations'], verbs: ['create', 'patch', 'delete'] },
    { where: 'namespaces', group: 'opentelemetry.io', resources: ['opentelemetrycollectors'], verbs: ['deletecollection'] },
    // They go with their definitions: whether one is somebody else's is seen in the whole cluster only.
    { where: 'cluster', group: 'opentelemetry.io', resources: ['opentelemetrycollectors', 'targetallocators', 'instrumentations', 'opampbridges'], verbs: ['list'] },
  ] },
];

/**
 * The rights that platforms need.
 * @param operatorRules what the operator has to be allowed, as its release says; it grants them
 */
export function rightsFor(specs: readonly PlatformSpec[], operatorRules: readonly V1PolicyRule[]): NeededRights {
  const own = [...(specs.every(({ installed }) => installed) ? sendersOnly : always), ...parts.filter(({ is }) => specs.some(is)).flatMap(({ rights }) => rights)];
  const granted = [
    ...(specs.some(discovers) ? discoveryRules : []), ...(specs.some(enrichesData) ? enrichmentRules : []), ...(specs.some(hasAllocator) ? allocatorRules : []), ...(specs.some(hasOperator) ? operatorRules : []),
    ...(specs.some(isNodeless) ? apiServerRules : []), ...(specs.some(isMonitored) ? monitorRules : []),
  ];
  return specs.length === 0 ? { own: [], granted: [] } : { own, granted };
}

/** What platforms make in a cluster, for a person; nothing else is made. */
export function madeBy(specs: readonly PlatformSpec[], runId: string): readonly string[] {
  return [
    ...(specs.length > 0 ? [`namespaces pl-${runId}-… with all that is in them`] : []),
    ...(specs.some(grantsRights) ? [`cluster roles and bindings pl-${runId}-…`] : []),
    ...(specs.some(isMonitored) ? ['custom resource definitions of monitoring.coreos.com, where there are none'] : []),
    ...(specs.some(hasOperator) ? ['custom resource definitions of opentelemetry.io', `webhook configurations pl-${runId}-operator-…, which ask about pods of these namespaces only`] : []),
  ];
}

export function hasOperator({ operator }: PlatformSpec): boolean {
  return operator !== null;
}

function discovers({ targets, apps }: PlatformSpec): boolean {
  return targets !== null || apps?.scraped === true;
}

/** By a processor of the user's own collector configuration. */
function enrichesData({ collector: { config } }: PlatformSpec): boolean {
  return config !== undefined && enriches(config);
}

function isMonitored({ targets }: PlatformSpec): boolean {
  return targets !== null && targets.through !== 'scrape-configs';
}

function isNodeless({ targets }: PlatformSpec): boolean {
  return targets?.nodeless === true;
}

function hasAllocator(spec: PlatformSpec): boolean {
  return spec.allocator !== null && discovers(spec);
}

function grantsRights(spec: PlatformSpec): boolean {
  return discovers(spec) || enrichesData(spec) || hasOperator(spec);
}
