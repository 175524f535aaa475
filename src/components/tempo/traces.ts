import PQueue from 'p-queue';
import { KubeApiError } from '../../clusters/kubernetes.ts';
import { askBackendBytes } from '../backend-ask.ts';
import type { AskAs } from '../stored-flow.ts';
import { spansOf } from './spans.ts';
import type { StoredSpan } from './spans.ts';

/** More at once only queue up in Tempo. */
export const requestsAtOnce = 8;

/**
 * One trace as Tempo answers it by its id: live traces included, at some milliseconds each. Copies of a span that came in different
 * pieces it answers once.
 * @returns undefined where the tenant has no such trace
 * @throws KubeApiError for any other answer
 */
export async function traceById(as: AskAs, id: string, signal: AbortSignal): Promise<readonly StoredSpan[] | undefined> {
  const bytes = await traceBytes(as, id, signal);
  return bytes && spansOf(bytes);
}

/** Many of them; those that the tenant does not have are not in the answer. */
export async function tracesById(as: AskAs, ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly StoredSpan[]>> {
  const found = new Map<string, readonly StoredSpan[]>();
  const queue = new PQueue({ concurrency: requestsAtOnce });
  await queue.addAll(ids.map((id) => async () => {
    const spans = await traceById(as, id, signal);
    if (spans) found.set(id, spans);
  }));
  return found;
}

/** A trace as OTLP's TracesData. As JSON Tempo takes four times as long. */
export async function traceBytes(as: AskAs, id: string, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    return await askBackendBytes(as, { path: `/api/traces/${id}`, headers: { Accept: 'application/protobuf' }, signal });
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}
