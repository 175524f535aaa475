import { Numbers, askBackend } from '../backend-ask.ts';
import type { AskAs, StoredFlow } from '../stored-flow.ts';

/** One series of a range vector: its labels, and [seconds since the epoch, value as text]. */
export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

interface Answer {
  readonly data?: { readonly resultType: string; readonly result: readonly RangeSeries[] };
}

/**
 * Asks Mimir for a range vector as one tenant.
 * @param query PromQL of a range vector, e.g. `up[20s]`
 * @throws KubeApiError with Mimir's own answer where it is no success
 */
export async function mimirQuery(mimir: AskAs, query: string, atMs: number, signal: AbortSignal): Promise<readonly RangeSeries[]> {
  const params = { query, time: (atMs / 1000).toFixed(3) };
  return (await askBackend(mimir, { path: '/api/v1/query', params, signal }) as Answer).data?.result ?? [];
}

/** Samples of one answer, about 5 MB of JSON. */
const samplesAtOnce = 200_000;

/**
 * The ledger's items of a flow that a tenant finds, one entry a sample. An item's time is given by its number, so windows
 * that touch (PromQL's are open at their start) hold every sample once.
 */
export async function mimirItems(as: AskAs, flow: StoredFlow, signal: AbortSignal): Promise<Uint32Array> {
  const found = new Numbers();
  const windows = Math.ceil(flow.sent / samplesAtOnce);
  const windowMs = Math.ceil((flow.lastDataMs - flow.firstDataMs + 2) / windows);
  for (let index = 1; index <= windows; index += 1) {
    const query = `plumbline_ledger_item{flow="${flow.name}"}[${windowMs}ms]`;
    for (const { values } of await mimirQuery(as, query, flow.firstDataMs - 1 + index * windowMs, signal)) {
      for (const [, value] of values) found.add(Number(value));
    }
  }
  return found.done();
}

interface CountAnswer {
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** How many samples of a flow a tenant has, counted by Mimir. */
export async function mimirCount(as: AskAs, flow: StoredFlow, signal: AbortSignal): Promise<number> {
  const query = `sum(count_over_time(plumbline_ledger_item{flow="${flow.name}"}[${flow.lastDataMs - flow.firstDataMs + 2}ms]))`;
  const params = { query, time: ((flow.lastDataMs + 1) / 1000).toFixed(3) };
  const answer = await askBackend(as, { path: '/api/v1/query', params, signal }) as CountAnswer;
  return Number(answer.data?.result[0]?.value[1] ?? 0);
}
