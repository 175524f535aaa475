import { z } from 'zod';
import type { ServiceAddress } from '../components/backend-access.ts';
import { backendNames } from '../components/backend.ts';
import { tenantName } from './spec.ts';

/** A platform that is the user's own and runs already: where its parts are, and who may ask them. Values are settled: no `${NAME}` is left. */

/** A URL without credentials, query or slash at the end: it is shown in findings, and paths are added to it. */
const baseUrl = z.url({ protocol: /^https?$/, error: 'no http or https URL', abort: true }).transform((text, context) => {
  const { username, password, search, hash } = new URL(text);
  if (username || password) context.addIssue('credentials belong into `headers`: a URL is shown in findings');
  if (search || hash) context.addIssue('a base URL, to which paths are added, has no query');
  return text.replace(/\/+$/, '');
});

const header = z.string().regex(/^[A-Za-z0-9-]+$/, 'no name of a header');
const headerValue = z.string().regex(/^[\x20-\x7E]+$/, 'no value of a header');
const headers = z.record(header.refine((name) => !isTenantHeader(name), 'is what `id` is for'), headerValue).default({});

const backend = z.strictObject({
  /** Base of its query API: what comes before Mimir's `/api/v1/query`, Loki's `/loki/api/v1`, Tempo's `/api`. */
  url: baseUrl,
  /** What comes before `/v1/metrics`, `/v1/logs` or `/v1/traces` where it takes OTLP, as a pod reaches it; left out: nothing is written to it directly. */
  otlp: baseUrl.optional(),
  /** Of every request to it. */
  headers,
});

const tenant = z.strictObject({
  /** X-Scope-OrgID; Mimir's own rules, less `|`, which names several tenants at once. */
  id: z.string().regex(/^[A-Za-z0-9!\-_.*'()]{1,150}$/, 'no id of one tenant'),
  /** Of `clusters`: where its collectors are reached from. Left out: the first. */
  cluster: z.string().optional(),
  /** Base URL of its collectors' OTLP/HTTP receiver, as a pod in that cluster reaches it. */
  collector: baseUrl,
  /** Of its queries, on top of the backends' own. */
  headers,
  /** Of what is sent to its collectors, which may be told the tenant by it. */
  collectorHeaders: z.record(header, headerValue).default({}),
});

const fields = z.strictObject({
  mimir: backend.optional(), loki: backend.optional(), tempo: backend.optional(),
  /** By names of the user's choice, which findings use. */
  tenants: z.record(tenantName, tenant),
  /** Names for several clusters, a kubeconfig context each; services are asked in the first. */
  clusters: z.array(tenantName).min(2).max(5).optional(),
  /** What names of services end with. */
  clusterDomain: z.string().default('cluster.local'),
  /** Seconds until what was sent has to be found. */
  deliverySeconds: z.coerce.number().int().min(1).max(600).default(60),
});

export const installedSpec = fields.check(({ value, issues }) => {
  const refuse = (path: readonly string[], message: string): void => void issues.push({ code: 'custom', path: [...path], input: undefined, message });
  const tenants = Object.entries(value.tenants);
  if (!backendNames.some((name) => value[name])) refuse([], 'one of mimir, loki and tempo at least');
  if (tenants.length < 2) refuse(['tenants'], 'two at least: what one must not see is the other\'s');
  for (const [index, [name, { id, cluster }]] of tenants.entries()) {
    if (tenants.slice(0, index).some(([, other]) => other.id === id)) refuse(['tenants', name, 'id'], 'another tenant has the same');
    if (cluster !== undefined && !value.clusters?.includes(cluster)) refuse(['tenants', name, 'cluster'], 'none of `clusters`');
  }
  for (const name of backendNames) {
    const [header] = Object.keys(value[name]?.headers ?? {}).filter((one) => one.toLowerCase() === 'authorization');
    // A tenant's is sent to the other backends, and with writes.
    if (header !== undefined && serviceAt(value[name]?.url ?? '', value.clusterDomain)) refuse([name, 'headers', header], 'the API server, through which services are asked, keeps this header for itself: give the backend\'s address outside of the cluster');
  }
});

export type Installed = z.infer<typeof installedSpec>;

/** The service that a URL names: `http://loki.monitoring.svc:3100`, with the cluster's domain or without. */
export function serviceAt(url: string, clusterDomain: string): ServiceAddress | undefined {
  const { protocol, hostname, port, pathname } = new URL(url);
  const short = hostname.endsWith(`.svc.${clusterDomain}`) ? hostname.slice(0, -clusterDomain.length - 1) : hostname;
  const [, service, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc$/.exec(short) ?? [];
  if (service === undefined || namespace === undefined) return undefined;
  const tls = protocol === 'https:';
  return { service, namespace, port: port === '' ? (tls ? 443 : 80) : Number(port), tls, path: pathname.replace(/\/+$/, '') };
}

/** Whether a header says whose a request is; no credential, though it is among them. */
export function isTenantHeader(name: string): boolean {
  return name.toLowerCase() === 'x-scope-orgid';
}
