/** What AI-1 and AI-2 are judged by: some requests to the apps, and what each app is heard of after them. */
import { appImages, appPods, apps, appsOf, instantSamples, loadOf, measurement, requestTraces, runLoad, settle, storedLines } from '../../helpers/index.ts';
import type { AppImage, AppName, AppPod, StoredSpan, Subject } from '../../helpers/index.ts';
import { timing } from './timing.ts';

/** What an app is heard of in the backends. */
export interface Heard {
  readonly app: AppName;
  /** Of the load's requests: how many have a span of it in the trace that they were sent with. */
  readonly traces: number;
  /** Names of its metrics. */
  readonly metrics: readonly string[];
  /** Its log lines that name a request. */
  readonly lines: number;
}

export interface Injection {
  readonly requests: number;
  readonly pods: readonly AppPod[];
  readonly images: readonly AppImage[];
  readonly heard: readonly Heard[];
  /** By request number. */
  readonly traces: ReadonlyMap<number, readonly StoredSpan[]>;
}

export const injection = measurement(async (subject: Subject): Promise<Injection> => {
  const { platform, signal } = subject;
  const load = await runLoad(platform, loadOf(platform, platform.tenant), subject);
  const fromMs = load.startedAtMs - 1000;
  const look = async (looking: AbortSignal): Promise<Pick<Injection, 'heard' | 'traces'>> => {
    const traces = await requestTraces(platform, appsOf(platform).tenant, load, looking);
    const heard = await Promise.all(apps.map((app) => heardOf(subject, app, traces, { name: load.name, fromMs }, looking)));
    return { traces, heard };
  };
  const { seen } = await settle('telemetry of both apps', look, ({ heard }) => missing(heard, load.requests), { ...timing.telemetry, ...subject });
  const [pods, images] = await Promise.all([appPods(platform, signal), appImages()]);
  return { requests: load.requests, pods, images, ...seen };
});

async function heardOf({ platform }: Subject, app: AppName, traces: Injection['traces'], { name, fromMs }: { name: string; fromMs: number }, signal: AbortSignal): Promise<Heard> {
  const { tenant } = appsOf(platform);
  const series = await instantSamples(platform, tenant, `count by (__name__) ({job=~"(.*/)?${app}", __name__!="target_info"})`, signal);
  const lines = await storedLines(platform, tenant, `{service_name="${app}"} |= "request=${name}-"`, { fromMs, toMs: Date.now() }, signal);
  return {
    app, traces: [...traces.values()].filter((spans) => spans.some(({ service }) => service === app)).length,
    metrics: series.map(({ labels }) => labels['__name__'] ?? '').toSorted(), lines: lines.length,
  };
}

function missing(heard: readonly Heard[], requests: number): string | undefined {
  const lacking = heard.filter(({ traces, metrics, lines }) => traces < requests || metrics.length === 0 || lines < requests);
  return lacking.length === 0 ? undefined : lacking.map(heardText).join('; ');
}

export function heardText({ app, traces, metrics, lines }: Heard): string {
  return traces + metrics.length + lines === 0 ? `${app}: no telemetry` : `${app}: ${traces} traces, ${metrics.length} metrics, ${lines} lines`;
}
