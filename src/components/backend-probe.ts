import { statusMessage } from '../clusters/kube-api.ts';
import type { BackendName } from './backend.ts';
import { headersOf } from './backend-ask.ts';
import { otlpItem } from './otlp-item.ts';
import type { AskAs } from './stored-flow.ts';

/** One request of a tenant's to a backend, and what is answered, whatever that is. */

/** `tenant` undefined: without X-Scope-OrgID. */
export type ProbeAs = Omit<AskAs, 'tenant'> & { readonly tenant: string | undefined };

export interface BackendAnswer {
  readonly status: number;
  /** What an error says, or the start of the answer; empty for a success. */
  readonly body: string;
}

/** A query of each backend that any tenant may ask, whatever it has stored. */
export const anyQuery: Readonly<Record<BackendName, string>> = {
  mimir: '/api/v1/query?query=vector(1)', loki: '/loki/api/v1/labels', tempo: '/api/search/tags',
};

/** What each backend keeps. */
export const signalOf = { mimir: 'metrics', loki: 'logs', tempo: 'traces' } as const;

export async function answerToQuery(as: ProbeAs, backend: BackendName, signal: AbortSignal): Promise<BackendAnswer> {
  const response = await as.access.http.get<string>(`${as.access.base}${anyQuery[backend]}`, { headers: headersOf(as), signal });
  return { status: response.status, body: isSuccess(response) ? '' : statusMessage(response) };
}

/**
 * Writes one item of a flow as OTLP. @throws Error where nobody said where the backend takes it
 * @param flow what the item is found by: a label's value, a service's name
 */
export async function answerToWrite(as: ProbeAs, backend: BackendName, flow: string, signal: AbortSignal): Promise<BackendAnswer> {
  if (as.access.otlp === undefined) throw new Error(`${as.access.name} has no address for OTLP`);
  const kind = signalOf[backend];
  const headers = { ...headersOf(as), 'Content-Type': 'application/json' };
  const response = await as.access.http.post<string>(`${as.access.otlp}/v1/${kind}`, JSON.stringify(otlpItem(kind, flow, Date.now())), { headers, signal });
  return { status: response.status, body: isSuccess(response) ? '' : statusMessage(response) };
}

export function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}
