/** What collectors say of themselves. Logs give a cause; whether a claim holds is judged by data, never by a log line. */
import { podLogs } from '../src/clusters/kubernetes.ts';
import { placesOf } from '../src/platform/platform.ts';
import type { Platform } from '../src/platform/platform.ts';

export interface LogError {
  readonly pod: string;
  /** Message and its error: `error creating new scrape pool: invalid metric name …`. */
  readonly text: string;
  readonly line: string;
}

/** The first error-level line of every collector that has one, in the order of the pods' names. */
export async function firstErrors(platform: Platform, signal: AbortSignal): Promise<readonly LogError[]> {
  const errors: LogError[] = [];
  for (const { pod } of await placesOf(platform, 'collector', signal)) {
    const log = await podLogs(platform.client, platform.namespace, pod, { signal });
    const first = log.split('\n').map((line) => parseError(pod, line)).find((one) => one !== undefined);
    if (first) errors.push(first);
  }
  return errors;
}

/** Reads one line of zap's console form: time, level, [caller,] message and fields as JSON, separated by tabs. */
export function parseError(pod: string, line: string): LogError | undefined {
  const [, level, ...rest] = line.split('\t');
  if (level !== 'error') return undefined;
  const fields = parseFields(rest.at(-1) ?? '');
  const parts = fields === undefined ? rest : rest.slice(0, -1);
  // With a caller there are two parts before the fields, without it one; the message is the last of them.
  const message = parts.at(-1) ?? '';
  const cause = fields?.['err'] ?? fields?.['error'];
  return { pod, text: cause === undefined ? message : `${message}: ${String(cause)}`, line };
}

function parseFields(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
