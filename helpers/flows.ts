/** Bounded streams of numbered items from a tenant's sender. What was stored of them: ledger.ts. */
import { flowProgress, flowStateOf, orderFlow, stopOrder } from '../src/components/sender/control.ts';
import type { SenderPlace } from '../src/components/sender/control.ts';
import type { FlowOrder, FlowProgress, FlowSignal, FlowState } from '../src/components/sender/flow.ts';
import type { Backend, BackendName } from '../src/components/backend.ts';
import type { BackendIntake } from '../src/components/backend-access.ts';
import type { AskAs } from '../src/components/stored-flow.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { until } from '../src/run/wait.ts';

export { acknowledgedRanges, refusedAtFirst, refusedRanges } from '../src/components/sender/flow.ts';
export type { FlowAnswer, FlowSecond, FlowSignal, FlowState, ItemRange, Latency } from '../src/components/sender/flow.ts';

/** Where a flow goes: to the tenant's collectors (no header, they tag), or straight to the backend of its signal. */
export type Via = 'collector' | 'backend';

/** As the sender takes it (units: src/components/sender/flow.ts), but for the address. */
export interface FlowSpec extends Omit<FlowOrder, 'url' | 'signal'> {
  readonly signal: FlowSignal;
  readonly via: Via;
  /** In place of the default ones: what the tenant's collectors ask for (as a rule nothing) via the collector, X-Scope-OrgID with the tenant's own id via the backend. `{}` is none at all. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A query that is asked again and again, e.g. for its latency; headers default to the tenant's own id. */
export type ProbeSpec = Omit<FlowOrder, 'signal'>;

/** A flow that was started; how it fares is asked with flowState and finished. */
export interface Flow {
  readonly tenant: Tenant;
  readonly order: FlowOrder;
}

export const backendOf = { metrics: 'mimir', logs: 'loki', traces: 'tempo' } as const;

/** A backend that the run deployed, by its name. @throws Error where it deployed none */
export function backendNamed(platform: Platform, name: BackendName): Backend {
  const backend = platform[name];
  if (!backend) throw new Error(`this platform has no ${name}`);
  return backend;
}

/** The same by the signal that it keeps. */
export function backendFor(platform: Platform, signal: FlowSignal): Backend {
  return backendNamed(platform, backendOf[signal]);
}

/** A backend as a tenant's own queries see it, whoever runs it. @throws Error where the platform has none */
export function seenBy(platform: Platform, name: BackendName, { id, headers }: Pick<Tenant, 'id' | 'headers'>): AskAs {
  const access = platform.access[name];
  if (!access) throw new Error(`this platform has no ${name}`);
  return { access, tenant: id, ...(headers ? { headers } : {}) };
}

/**
 * Starts a flow in the tenant's sender and answers at once.
 * @throws KubeApiError with the sender's sentence: 400 for an order beyond its bounds, 409 for a name that it knows already
 */
export async function startFlow(platform: Platform, tenant: Tenant, spec: FlowSpec, signal?: AbortSignal): Promise<Flow> {
  const { via, ...rest } = spec;
  const { url, headers } = via === 'collector' ? { url: tenant.collectorUrl, headers: tenant.collectorHeaders ?? {} } : intakeFor(platform, tenant, spec.signal);
  return start(tenant, { ...rest, headers: spec.headers ?? headers, url: `${url}/v1/${spec.signal}` }, signal);
}

/** Where a tenant writes a signal past its collectors, and with what headers. @throws Error where nobody said where that is */
export function intakeFor(platform: Platform, tenant: Tenant, signal: FlowSignal): BackendIntake {
  const intake = platform.intakes[backendOf[signal]];
  if (!intake) throw new Error(`it is not known where ${backendOf[signal]} takes OTLP`);
  return { ...intake, headers: { ...intake.headers, ...tenant.headers, 'X-Scope-OrgID': tenant.id } };
}

/** Starts asking a URL at a rate, from inside the tenant's cluster: the latency that a user of that cluster has. */
export async function startProbe(tenant: Tenant, spec: ProbeSpec, signal?: AbortSignal): Promise<Flow> {
  return start(tenant, { ...spec, headers: spec.headers ?? { 'X-Scope-OrgID': tenant.id }, signal: 'get' }, signal);
}

async function start(tenant: Tenant, order: FlowOrder, signal?: AbortSignal): Promise<Flow> {
  await orderFlow(senderOf(tenant), order, signal);
  return { tenant, order };
}

/** Everything that the sender knows of a flow, also while it runs. */
export async function flowState(flow: Flow, signal?: AbortSignal): Promise<FlowState> {
  return flowStateOf(senderOf(flow.tenant), flow.order.name, signal);
}

/** How far a flow is, in a few numbers. */
export async function flowNow(flow: Flow, signal?: AbortSignal): Promise<FlowProgress> {
  return flowProgress(senderOf(flow.tenant), flow.order.name, signal);
}

/** Ends a flow early and answers its state; requests under way are still awaited. Ended flows are left as they are. */
export async function stopFlow(flow: Flow, signal?: AbortSignal): Promise<FlowState> {
  return stopOrder(senderOf(flow.tenant), flow.order.name, signal);
}

export interface FinishOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  note(text: string): void;
}

/** From here on a flow is asked for its progress each second only. */
const longSeconds = 20;

/**
 * Waits until a flow has ended and its last answer is there. One with `againSeconds` lasts that much longer where it is refused to its end.
 * @throws PlumblineError PL-WAIT-TIMEOUT where it still runs after `timeoutMs`
 */
export async function finished(flow: Flow, options: FinishOptions): Promise<FlowState> {
  const { name, seconds = 0 } = flow.order;
  // A claim may wait for dozens of flows that all take a minute.
  const pace = seconds >= longSeconds ? { intervalMs: 1000 } : {};
  await until(`flow ${name} sent`, async ({ saw, signal }) => {
    const { running, requests, sent, planned, acceptedItems } = await flowNow(flow, signal);
    saw(`${sent} of ${planned} sent in ${requests} requests, ${acceptedItems} accepted`);
    return running ? undefined : true;
  }, { timeoutMs: options.timeoutMs, signal: options.signal, step: options, ...pace });
  return flowState(flow, options.signal);
}

function senderOf(tenant: Tenant): SenderPlace {
  return { client: tenant.client, namespace: tenant.senderNamespace };
}
