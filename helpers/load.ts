/** Requests by k6, in pods of the platform: what was asked, and how each request ended. */
import { resolve } from 'node:path';
import { k6Result } from '../src/components/k6/result.ts';
import type { K6Result } from '../src/components/k6/result.ts';
import { runK6 } from '../src/components/k6/run.ts';
import { readScript } from '../src/components/k6/script.ts';
import type { Apps, Platform } from '../src/platform/platform.ts';
import { packageRoot } from '../src/run/paths.ts';

export type { FailedRequest, K6Check, K6Metrics, K6Threshold, LoadLatency } from '../src/components/k6/result.ts';

export interface LoadSpec {
  /** What request ids begin with and trace ids are made from; a DNS label of up to 40 characters, unique in the run. */
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** k6 pods that share the load. Default 1. */
  readonly pods?: number | undefined;
  /** A k6 script, from the repository's root; default fixtures/k6/shop.js. It gets BASE_URL, RATE, SECONDS, REQUESTS and PODS. */
  readonly script?: string | undefined;
  /** More for its __ENV. */
  readonly env?: Readonly<Record<string, string>>;
  /** In place of the platform's apps: whatever serves HTTP there; the pods run in that namespace. */
  readonly target?: LoadTarget;
}

export type LoadTarget = Pick<Apps, 'client' | 'namespace' | 'url'>;

export interface LoadResult extends K6Result {
  readonly name: string;
  /** When all pods were released, and when the last one was seen to have ended; milliseconds since the epoch, by this machine's clock. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** What `load:` of a platform file asks for, under a name of its own. @throws Error where the file has none */
export function loadOf(platform: Platform, name: string): LoadSpec {
  const { load } = platform.spec;
  if (!load) throw new Error('this platform has no load');
  return { name, requestsPerSecond: load.requestsPerSecond, seconds: load.seconds, pods: load.pods, script: load.script };
}

/**
 * Sends requests at a constant rate and answers once the last one is answered.
 * @throws PlumblineError PL-LOAD-SCRIPT with a pod's last lines as soon as the script fails, PL-COMPONENT-EXITED, PL-WAIT-TIMEOUT
 */
export async function runLoad(platform: Platform, spec: LoadSpec, watching: { readonly signal: AbortSignal; note(text: string): void }): Promise<LoadResult> {
  const target = spec.target ?? platform.apps;
  if (!target || platform.loadImage === undefined) throw new Error('this platform has no apps to be asked, or no load');
  const { name, requestsPerSecond, seconds, pods = 1 } = spec;
  const script = await readScript(resolve(packageRoot, spec.script ?? 'fixtures/k6/shop.js'));
  const env = { BASE_URL: target.url, RATE: String(requestsPerSecond), SECONDS: String(seconds), REQUESTS: name, ...spec.env };
  const { logs, ...times } = await runK6({
    client: target.client, place: { runId: platform.runId, namespace: target.namespace, image: platform.loadImage },
    run: { name, pods, ...script, env }, seconds, ...watching,
  });
  return { name, ...times, ...k6Result(logs) };
}
