import { z } from 'zod';
import { backendNames } from '../components/backend.ts';
import { appsSpec, loadSpec } from './apps-spec.ts';
import { backend, jaeger } from './backend-spec.ts';
import { collectorSpec, nodeSize, sizingSpec } from './collector-spec.ts';
import { allocator, targets } from './scrape-spec.ts';

const limits = z.record(z.string(), z.json());

/** A tenant's runtime overrides by backend. */
export const backendLimits = z.strictObject({ mimir: limits.exactOptional(), loki: limits.exactOptional(), tempo: limits.exactOptional() });

/** DNS labels, since namespaces are named after them. */
export const tenantName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$/, 'up to 20 of [a-z0-9-]');

/** One environment that shares the backends with others. */
const tenant = z.strictObject({
  /** One of the platform's clusters; left out: its only one. */
  cluster: z.string().optional(),
  /** The tenant whose id this one's collectors write; left out: its own. */
  taggedAs: z.string().optional(),
  /** Runtime overrides by backend; names are the backend's own. */
  limits: backendLimits.default({}),
});

/** Tail sampling in a second tier of collectors, to which the tenants' collectors send their spans. */
const sampling = z.strictObject({
  collectors: z.int().min(1).max(5),
  /** What decides to which of them a span goes; only the trace id keeps a trace together. */
  routing: z.enum(['traceID', 'service']).default('traceID'),
  /** Share of the traces kept that are neither failed nor slow. */
  keepPercent: z.number().min(0).max(100),
  /** From this duration on a trace is slow, milliseconds. */
  slowMs: z.int().min(1),
});

/** What of a platform is the user's own. Where that is and who may ask it, the run knows (installed-spec.ts); no credential is in here. */
const installed = z.strictObject({
  /** Those that there are. */
  backends: z.array(z.enum(backendNames)).min(1),
  /** From what is sent to its being found. */
  deliverySeconds: z.int().min(1).max(600),
  /** A gateway of the run's in front of the first backend adds a tenant where none is named. */
  tenantAdded: z.boolean().default(false),
});

const fields = z.strictObject({
  /** Nodes of each cluster; each holds one collector, unless `collector.on` or `collector.leastNodeMiB` says otherwise. */
  nodes: z.int().min(1).max(50),
  /** Nodes that the only cluster has a place for: they join, and leave again, where a check has them do so. */
  spareNodes: z.int().min(0).max(49).default(0),
  /** Memory of nodes by name, `node-2`; those left out have what the machine has, and hold all but the collectors. */
  nodeSizes: z.record(z.string(), nodeSize).default({}),
  /** Names of several clusters; backends run in the first. Left out: everything is in one cluster. */
  clusters: z.array(tenantName).min(2).max(5).optional(),
  collector: collectorSpec,
  /** Collectors and allocator are deployed as this operator's resources. Left out or null: as plain objects. */
  operator: z.strictObject({ version: z.string() }).nullable().default(null),
  /** Left out or null: every collector discovers targets by itself, as a DaemonSet without an allocator does. */
  allocator: allocator.nullable().default(null),
  /** Left out or null: nothing is scraped. */
  targets: targets.nullable().default(null),
  /** Left out or null: samples go nowhere but the collector's own log. */
  mimir: backend.nullable().default(null),
  loki: backend.nullable().default(null),
  tempo: backend.nullable().default(null),
  jaeger: jaeger.nullable().default(null),
  grafana: z.strictObject({
    version: z.string(),
    /** A tenant whose data sources are provisioned without the tenant's header. */
    headerMissingFor: z.string().optional(),
  }).nullable().default(null),
  /** Tenants by name, each with collectors of its own for all three signals. The first one is the one that surges. */
  tenants: z.record(tenantName, tenant).default({}),
  /** Between tenants' collectors and the backends: a gate that fails on demand, a route for each tenant and backend. */
  gate: z.boolean().default(false),
  sampling: sampling.nullable().default(null),
  apps: appsSpec.nullable().default(null),
  load: loadSpec.nullable().default(null),
  /** Backends and collectors are there already, and the run deploys none. Left out or null: it deploys what this file says. */
  installed: installed.nullable().default(null),
  /** A limit of Mimir that is multiplied while the platform runs: what TI-5 does. */
  limitChange: z.strictObject({ tenant: z.string(), limit: z.string(), factor: z.number().positive() }).optional(),
  /** What a collector's size is looked for. */
  sizing: sizingSpec.exactOptional(),
  /** What delivery is judged by: `exporter-counters` is the twin that believes the sender. */
  judgedBy: z.enum(['ledger', 'exporter-counters']).default('ledger'),
});

/** The platform that a claim is judged on, as its YAML file says it: what runs in which version and arrangement. */
export const platformSpec = fields.check(references, needs);

export type PlatformSpec = z.infer<typeof platformSpec>;

type Checked = z.core.ParsePayload<z.output<typeof fields>>;

/** Parts of a platform file that mean nothing without another one. */
function needs({ value, issues }: Checked): void {
  const tenants = Object.keys(value.tenants).length;
  const wanting = [
    { path: 'apps', wants: value.apps, has: tenants > 0, needed: 'a tenant, whose collectors the apps send to' },
    { path: 'apps', wants: value.apps?.injected, has: value.operator !== null, needed: 'an operator, which injects the agents' },
    { path: 'collector', wants: value.collector.nowhereOn, has: value.operator !== null && tenants > 0, needed: 'an operator and a tenant: that node\'s collector is a resource of its own' },
    { path: 'targets', wants: value.targets && value.targets.through !== 'scrape-configs', has: value.allocator !== null, needed: 'an allocator, which reads them in the collectors\' place' },
    { path: 'collector', wants: value.collector.mode === 'statefulset', has: value.targets !== null && tenants === 0, needed: 'targets, and no tenants: theirs are one a node' },
    { path: 'load', wants: value.load, has: value.apps !== null, needed: 'apps, which it asks' },
    { path: 'nodeSizes', wants: Object.values(value.nodeSizes).some(({ othersMiB }) => othersMiB > 0), has: value.gate, needed: 'a gate, whose program is what holds memory beside the collector' },
    { path: 'spareNodes', wants: value.spareNodes > 0, has: value.clusters === undefined, needed: 'a platform of one cluster' },
    { path: 'gate', wants: value.gate, has: tenants > 0, needed: 'a tenant, whose collectors send through it' },
    { path: 'jaeger', wants: value.jaeger, has: tenants > 0, needed: 'a tenant, whose collectors send to it' },
    { path: 'gate', wants: value.gate && value.jaeger, has: value.tempo !== null, needed: 'Tempo: it has no route to Jaeger' },
    // The samplers tag all that they keep with one tenant's id.
    { path: 'sampling', wants: value.sampling, has: tenants === 1 && value.tempo !== null, needed: 'one tenant, and Tempo' },
  ];
  for (const { path, wants, has, needed } of wanting) {
    if (wants && !has) issues.push({ code: 'custom', path: [path], input: value, message: `needs ${needed}` });
  }
}

/** Names that one part of a platform file gives to another must exist there. */
function references({ value, issues }: Checked): void {
  const tenants = Object.keys(value.tenants);
  const named = [
    ...Object.entries(value.tenants).flatMap(([name, one]) => [
      { path: ['tenants', name, 'cluster'], name: one.cluster, known: value.clusters ?? [] },
      { path: ['tenants', name, 'taggedAs'], name: one.taggedAs, known: tenants },
    ]),
    { path: ['grafana', 'headerMissingFor'], name: value.grafana?.headerMissingFor, known: tenants },
    ...[{ path: ['collector', 'nowhereOn'], name: value.collector.nowhereOn }, { path: ['collector', 'on'], name: value.collector.on }].map((one) => ({ ...one, known: nodeNames(value.nodes) })),
    // The first node holds the backends.
    ...Object.keys(value.nodeSizes).map((name) => ({ path: ['nodeSizes'], name, known: nodeNames(value.nodes).slice(1) })),
    { path: ['limitChange', 'tenant'], name: value.limitChange?.tenant, known: tenants },
  ];
  for (const one of named) {
    if (one.name === undefined || one.known.includes(one.name)) continue;
    issues.push({ code: 'custom', path: one.path, input: value, message: `${one.name} is none of ${one.known.join(', ') || 'no names at all'}` });
  }
}

function nodeNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `node-${index + 1}`);
}

/** A JSON merge patch (RFC 7386) on a platform: the one thing that is different. */
export type PlatformPatch = Readonly<Record<string, unknown>>;
