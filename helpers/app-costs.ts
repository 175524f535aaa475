/** What an app takes: how long it starts, and how much memory it holds. */
import { get, json } from '../src/clusters/kube-api.ts';
import { rolledOut } from '../src/platform/rollout.ts';
import { appLog, appsOf, deploymentOf, runningPod } from './apps.ts';
import type { AppName, Variant } from './apps.ts';
import type { Platform } from '../src/platform/platform.ts';

/** How each app says, when it serves, for how many seconds its process has been there. */
const startedAfter = { storefront: /"seconds":([\d.]+),"msg":"listening"/, orders: /process running for ([\d.]+)/ } as const;

/** Seconds from an app's process to its serving, by its own word; undefined where it has not said so. */
export async function startSeconds(platform: Platform, app: AppName, variant: Variant, signal: AbortSignal): Promise<number | undefined> {
  const log = (await appLog(platform, app, signal, variant)).join('\n');
  const [, seconds] = startedAfter[app].exec(log) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Replaces an app's pod and waits until the new one is Ready. @throws PlumblineError PL-WAIT-TIMEOUT, PL-COMPONENT-EXITED */
export async function restartApp(platform: Platform, app: AppName, variant: Variant, watching: { readonly signal: AbortSignal; note(text: string): void }): Promise<void> {
  const { client, namespace } = appsOf(platform);
  const name = deploymentOf(app, variant);
  const restart = { spec: { template: { metadata: { annotations: { 'plumbline.dev/restarted': String(Date.now()) } } } } };
  await client.http.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, JSON.stringify(restart), { headers: { 'Content-Type': 'application/merge-patch+json' } });
  await rolledOut({ client, namespace, kind: 'Deployment', name }, watching);
}

interface NodeStats { readonly pods: readonly { readonly podRef: { readonly name: string }; readonly containers?: readonly { readonly name: string; readonly memory?: { readonly workingSetBytes?: number } }[] }[] }

/** MiB of an app's container that its node cannot take back (working set), as the node's kubelet last saw it: up to 10 s ago. */
export async function appMemoryMi(platform: Platform, app: AppName, variant: Variant, signal: AbortSignal): Promise<number> {
  const { metadata, spec } = await runningPod(platform, app, variant, signal);
  const stats = json(await get(appsOf(platform).client, `/api/v1/nodes/${spec?.nodeName}/proxy/stats/summary`, { signal })) as NodeStats;
  const container = stats.pods.find(({ podRef }) => podRef.name === metadata?.name)?.containers?.find(({ name }) => name === app);
  return (container?.memory?.workingSetBytes ?? 0) / 2 ** 20;
}
