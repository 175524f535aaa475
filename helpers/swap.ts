/** Another endpoint for the collectors' traces, while they run: what a user changes, and what becomes of it. */
import { stringify } from 'yaml';
import { get, json, mergePatch } from '../src/clusters/kube-api.ts';
import { podsOf } from '../src/clusters/kubernetes.ts';
import { exporterName } from '../src/components/collector/tenant-config.ts';
import { componentLabels, selector } from '../src/components/labels.ts';
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
  /** When the change was asked for, and when the last collector without it was gone; milliseconds since the epoch, by this machine's clock. */
  readonly changedAtMs: number;
  readonly rolledOutAtMs: number;
}

interface Watching { readonly signal: AbortSignal; note(text: string): void }

/** For the operator to write a DaemonSet anew; typical is 1 s. */
const noticedMs = 30_000;

/** For a collector that is replaced to end, beside its grace period. */
const goneMs = 15_000;

/**
 * Leads a tenant's traces to Jaeger: one key of the operator's resource is changed, as by `kubectl patch`, and the rollout is waited for.
 * @throws Error where the collectors are no operator's; KubeApiError where the change is refused; PlumblineError of a rollout that does not end
 */
export async function swapTraces(platform: Platform, tenant: Tenant, watching: Watching): Promise<Swap> {
  if (!platform.spec.operator) throw new Error('these collectors are no operator\'s');
  const { name, client, namespace } = tenant;
  const { signal } = watching;
  const path = `/apis/opentelemetry.io/v1beta1/namespaces/${namespace}/opentelemetrycollectors/${operated.resource}`;
  const text = async (): Promise<string> => stringify((json(await get(client, path, { signal })) as { spec: object }).spec);
  const [before, old] = [await text(), await formOf(platform, tenant, signal)];
  const changedAtMs = Date.now();
  const patch = { spec: { config: { exporters: { [exporterName('tempo', name)]: { endpoint: jaegerOf(platform).swapUrl } } } } };
  await mergePatch(client, path, patch, { signal });
  const diff = changedLines(before, await text());
  await replaced(platform, tenant, old, watching);
  return { diff, changedAtMs, rolledOutAtMs: Date.now() };
}

/** Which form of the collectors is wanted, and which pods there are, of whatever form. */
interface Form { readonly generation: number; readonly uids: readonly string[] }

async function formOf({ runId }: Platform, { client, namespace }: Tenant, signal: AbortSignal): Promise<Form> {
  const { metadata } = json(await get(client, `/apis/apps/v1/namespaces/${namespace}/daemonsets/${operated.daemonSet}`, { signal })) as { metadata: { generation: number } };
  const pods = await podsOf(client, namespace, selector(componentLabels(runId, 'collector')), signal);
  return { generation: metadata.generation, uids: pods.map((pod) => pod.metadata?.uid ?? '') };
}

async function replaced(platform: Platform, tenant: Tenant, old: Form, { signal, note }: Watching): Promise<void> {
  const { client, namespace } = tenant;
  await until('a new form of the collectors', async (look) => ((await formOf(platform, tenant, look.signal)).generation > old.generation ? true : undefined), { timeoutMs: noticedMs, signal, step: { note } });
  await rolledOut({ client, namespace, kind: 'DaemonSet', name: operated.daemonSet, probedSeldom: true }, { signal, note });
  // With a handover it is rolled out while the last one of the old form still serves.
  await until('the collectors of the old form gone', async ({ saw, signal: look }) => {
    const left = (await formOf(platform, tenant, look)).uids.filter((uid) => old.uids.includes(uid));
    saw(`${left.length} left`);
    return left.length === 0 ? true : undefined;
  }, { timeoutMs: (platform.spec.collector.graceSeconds ?? 0) * 1000 + goneMs, signal, step: { note } });
}
