/** What a backend answers to one write or one query, asked from here: with a tenant's X-Scope-OrgID, or with everything but that. */
import type { BackendName } from '../src/components/backend.ts';
import { answerToQuery, answerToWrite } from '../src/components/backend-probe.ts';
import type { BackendAnswer, ProbeAs } from '../src/components/backend-probe.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { seenBy } from './flows.ts';
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
}

/**
 * One query of every backend, and one write where it is known where that goes.
 * @param flow name of the item that is written
 * @throws Error where something does not answer in time
 */
export async function singleAnswers(platform: Platform, tenant: Tenant, flow: string, asking: Asking): Promise<readonly SingleAnswer[]> {
  return Promise.all(presentBackends(platform).flatMap((name) => {
    const as = { ...seenBy(platform, name, tenant), ...(asking.header ? {} : { tenant: undefined }) };
    return [...(as.access.otlp === undefined ? [] : [answer(as, name, 'write', asking, flow)]), answer(as, name, 'query', asking, flow)];
  }));
}

/** Backends that it is not known how to write to: nothing is said of their writes. */
export function withoutWrites(platform: Platform): readonly BackendName[] {
  return presentBackends(platform).filter((name) => platform.access[name]?.otlp === undefined);
}

async function answer(as: ProbeAs, name: BackendName, asked: SingleAnswer['asked'], { header, timeoutMs, signal }: Asking, flow: string): Promise<SingleAnswer> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const given = asked === 'write' ? await answerToWrite(as, name, flow, inTime) : await answerToQuery(as, name, inTime);
  return { backend: as.access.name, asked, header, ...given };
}
