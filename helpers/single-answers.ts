/** What a backend answers to one write or one query: with a tenant's X-Scope-OrgID, or with everything but that. */
import type { BackendName } from '../src/components/backend.ts';
import { answerToQuery, signalOf } from '../src/components/backend-probe.ts';
import type { BackendAnswer } from '../src/components/backend-probe.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { finished, intakeFor, seenBy, startFlow } from './flows.ts';
import { presentBackends } from './present.ts';

export { isSuccess } from '../src/components/backend-probe.ts';

export interface SingleAnswer extends BackendAnswer {
  /** As its address is known: `loki`, `loki at https://loki.example`. */
  readonly backend: string;
  readonly asked: 'write' | 'query';
  /** Whether X-Scope-OrgID was there. */
  readonly header: boolean;
}

interface Asking {
  readonly header: boolean;
  /** Milliseconds until there has to be an answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  note(text: string): void;
}

/**
 * One query of every backend, from here, and one write by the tenant's sender to those of which it is known where they are written to.
 * @param flow name of the item that is written
 * @throws Error where something does not answer in time
 */
export async function singleAnswers(platform: Platform, tenant: Tenant, flow: string, asking: Asking): Promise<readonly SingleAnswer[]> {
  return Promise.all(presentBackends(platform).flatMap((name) => [
    ...(platform.intakes[name] ? [written(platform, tenant, name, flow, asking)] : []), queried(platform, tenant, name, asking),
  ]));
}

/** Backends that it is not known how to write to: nothing is said of their writes. */
export function withoutWrites(platform: Platform): readonly BackendName[] {
  return presentBackends(platform).filter((name) => platform.intakes[name] === undefined);
}

async function queried(platform: Platform, tenant: Tenant, name: BackendName, { header, timeoutMs, signal }: Asking): Promise<SingleAnswer> {
  const as = seenBy(platform, name, tenant);
  const answer = await answerToQuery(header ? as : { ...as, tenant: undefined }, name, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  return { backend: as.access.name, asked: 'query', header, ...answer };
}

async function written(platform: Platform, tenant: Tenant, name: BackendName, flow: string, { header, timeoutMs, signal, note }: Asking): Promise<SingleAnswer> {
  const kind = signalOf[name];
  const intake = intakeFor(platform, tenant, kind);
  const { 'X-Scope-OrgID': id = '', ...others } = intake.headers;
  const headers: Record<string, string> = header ? { ...others, 'X-Scope-OrgID': id } : others;
  const started = await startFlow(platform, tenant, { name: `${flow}-${kind}`, signal: kind, via: 'backend', headers, ratePerSecond: 10, items: 1 }, signal);
  const { answers } = await finished(started, { timeoutMs, signal, note });
  return { backend: intake.name, asked: 'write', header, status: answers[0]?.status ?? 0, body: answers[0]?.firstBody ?? '' };
}
