import { statusMessage } from '../clusters/kube-api.ts';
import type { BackendName } from './backend.ts';
import { headersOf } from './backend-ask.ts';
import type { AskAs } from './stored-flow.ts';

/** A query of each backend that any tenant may ask, whatever it has stored. */
export const anyQuery: Readonly<Record<BackendName, string>> = {
  mimir: '/api/v1/query?query=vector(1)', loki: '/loki/api/v1/labels', tempo: '/api/search/tags',
};

/** What each backend keeps. */
export const signalOf = { mimir: 'metrics', loki: 'logs', tempo: 'traces' } as const;

/** What was answered to one request, whatever that is. */
export interface BackendAnswer {
  readonly status: number;
  /** What an error says, or the start of the answer; empty for a success. */
  readonly body: string;
}

/** @param as whose query it is */
export async function answerToQuery(as: AskAs, backend: BackendName, signal: AbortSignal): Promise<BackendAnswer> {
  const response = await as.access.http.get<string>(`${as.access.base}${anyQuery[backend]}`, { headers: headersOf(as), signal });
  return { status: response.status, body: isSuccess(response) ? '' : statusMessage(response) };
}

export function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}
