import { askBackend } from '../backend-ask.ts';
import type { AskAs } from '../stored-flow.ts';

/** One series of an instant vector. */
export interface InstantSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of the evaluation, milliseconds since the epoch. */
  readonly atMs: number;
}

interface Answer {
  readonly data?: { readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }[] };
}

/**
 * What PromQL answers at one moment, with all labels. A series counts until 5 minutes after its last sample (Mimir's look-back).
 * @param query PromQL of an instant vector, e.g. `orders_placed_total`
 * @throws KubeApiError with Mimir's own answer where it is no success
 */
export async function mimirInstant(as: AskAs, query: string, atMs: number, signal: AbortSignal): Promise<readonly InstantSample[]> {
  const params = { query, time: (atMs / 1000).toFixed(3) };
  const answer = await askBackend(as, { path: '/api/v1/query', params, signal }) as Answer;
  return (answer.data?.result ?? []).map(({ metric, value: [seconds, value] }) => ({ labels: metric, value: Number(value), atMs: seconds * 1000 }));
}
