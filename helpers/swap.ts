/** Another endpoint for the collectors' traces, while they run: what a user changes, and what becomes of it. */
import { stringify } from 'yaml';
import { KubeApiError, get, json, statusMessage } from '../src/clusters/kube-api.ts';
import { exporterName } from '../src/components/collector/tenant-config.ts';
import { operated } from '../src/platform/collectors.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { rolledOut } from '../src/platform/rollout.ts';
import { until } from '../src/run/wait.ts';
import { changedLines } from './changed-lines.ts';
import type { ChangedLines } from './changed-lines.ts';
import { jaegerOf } from './jaeger.ts';

export interface Swap {
  /** Of the whole specification of the OpenTelemetryCollector resource, as YAML, before and after. */
  readonly diff: ChangedLines;
  /** When the change was asked for, and when every node's collector was one that has it; milliseconds since the epoch, by this machine's clock. */
  readonly changedAtMs: number;
  readonly rolledOutAtMs: number;
}

interface Watching { readonly signal: AbortSignal; note(text: string): void }

/** For the operator to write a DaemonSet anew; typical is 1 s. */
const noticedMs = 30_000;

/**
 * Leads a tenant's traces to Jaeger: one key of the operator's resource is changed, as by `kubectl edit`, and the rollout is waited for.
 * @throws Error where the collectors are no operator's; KubeApiError where the change is refused; PlumblineError of a rollout that does not end
 */
export async function swapTraces(platform: Platform, { name, client, namespace }: Tenant, { signal, note }: Watching): Promise<Swap> {
  if (!platform.spec.operator) throw new Error('these collectors are no operator\'s');
  const path = `/apis/opentelemetry.io/v1beta1/namespaces/${namespace}/opentelemetrycollectors/${operated.resource}`;
  const specText = async (): Promise<string> => stringify((json(await get(client, path, { signal })) as { spec: object }).spec);
  const daemonSet = `/apis/apps/v1/namespaces/${namespace}/daemonsets/${operated.daemonSet}`;
  const generation = async (look: AbortSignal): Promise<number> => (json(await get(client, daemonSet, { signal: look })) as { metadata: { generation: number } }).metadata.generation;
  const [before, old] = [await specText(), await generation(signal)];
  const changedAtMs = Date.now();
  const patch = { spec: { config: { exporters: { [exporterName('tempo', name)]: { endpoint: jaegerOf(platform).swapUrl } } } } };
  const answer = await client.http.patch<string>(path, JSON.stringify(patch), { headers: { 'Content-Type': 'application/merge-patch+json' }, signal });
  if (answer.status >= 300) throw new KubeApiError(answer.status, statusMessage(answer));
  const diff = changedLines(before, await specText());
  await until('a new form of the collectors', async (look) => (await generation(look.signal) > old ? true : undefined), { timeoutMs: noticedMs, signal, step: { note } });
  await rolledOut({ client, namespace, kind: 'DaemonSet', name: operated.daemonSet, probedSeldom: true }, { signal, note });
  return { diff, changedAtMs, rolledOutAtMs: Date.now() };
}
