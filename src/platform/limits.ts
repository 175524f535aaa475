import { parse } from 'yaml';
import { apply, podLogs, podsOf, proxyGet } from '../clusters/kubernetes.ts';
import { KubeApiError, get, json } from '../clusters/kube-api.ts';
import type { Backend, BackendName } from '../components/backend.ts';
import { overridesObject } from '../components/backend-manifests.ts';
import { labels, selector } from '../components/labels.ts';
import { overridesFile, unknownLimits } from '../components/limits-recipe.ts';
import type { LimitsByTenant, LimitsRecipe, TenantLimits } from '../components/limits-recipe.ts';
import { limitsRecipes } from '../components/limits.ts';
import { PlumblineError } from '../errors.ts';
import { until } from '../run/wait.ts';

/** A running backend, and the run that it belongs to. */
export interface LimitedBackend {
  readonly name: BackendName;
  readonly backend: Backend;
  readonly runId: string;
}

export interface Watching {
  readonly signal: AbortSignal;
  note(text: string): void;
}

/** Projecting a changed ConfigMap takes the kubelet about a second once its pod is touched, and a reload two; the rest is a busy machine's. */
const inForceTimeoutMs = 60_000;

/** Makes the overrides file where there is none yet, which is what a backend's pod waits for at its start. Answers whether it did. */
export async function ensureOverrides({ name, backend, runId }: LimitedBackend, signal: AbortSignal): Promise<boolean> {
  const recipe = limitsRecipes[name];
  if ((await overridesOf(backend, recipe, signal)) !== undefined) return false;
  await apply(backend.client, [overridesObject({ runId, namespace: backend.namespace }, recipe, {})], signal);
  return true;
}

/**
 * Puts tenants' limits in force beside those of other tenants, in the running backend, and waits until it says that they are.
 * @returns milliseconds from the changed file to the backend's own word
 * @throws PlumblineError PL-LIMIT-UNKNOWN with the nearest right name, PL-LIMIT-REFUSED with the backend's own reason
 */
export async function putLimits(limited: LimitedBackend, changes: LimitsByTenant, watching: Watching): Promise<number> {
  const { name, backend, runId } = limited;
  const recipe = limitsRecipes[name];
  await refuseUnknown(limited, changes, watching.signal);
  const before = (await overridesOf(backend, recipe, watching.signal)) ?? {};
  await apply(backend.client, [overridesObject({ runId, namespace: backend.namespace }, recipe, { ...before, ...changes })], watching.signal);
  const changedAt = performance.now();
  await touchPods(limited, watching.signal);
  await inForce(limited, changes, before, watching);
  return performance.now() - changedAt;
}

/** Every limit that a running backend takes, by dotted name, with the default in force. */
export async function limitNames({ name, backend }: LimitedBackend, signal: AbortSignal): Promise<ReadonlyMap<string, unknown>> {
  const recipe = limitsRecipes[name];
  return recipe.names(await ask(backend, recipe, recipe.namesPath, signal));
}

/** A tenant's overrides as the backend's file has them: with the burst that was added to a rate. None: an empty mapping. */
export async function overridesOfTenant({ name, backend }: LimitedBackend, tenantId: string, signal: AbortSignal): Promise<TenantLimits> {
  return (await overridesOf(backend, limitsRecipes[name], signal))?.[tenantId] ?? {};
}

async function refuseUnknown(limited: LimitedBackend, changes: LimitsByTenant, signal: AbortSignal): Promise<void> {
  const known = await limitNames(limited, signal);
  const [unknown] = Object.values(changes).flatMap((limits) => unknownLimits(limits, known));
  if (!unknown) return;
  throw new PlumblineError({
    code: 'PL-LIMIT-UNKNOWN', kind: 'usage', expected: `a limit that the running ${limited.name} knows`, seen: unknown.name,
    next: unknown.meant === undefined ? `it knows ${[...known.keys()].join(', ')}` : `did you mean ${unknown.meant}?`,
  });
}

async function inForce(limited: LimitedBackend, changes: LimitsByTenant, before: LimitsByTenant, { signal, note }: Watching): Promise<void> {
  const { name, backend, runId } = limited;
  const recipe = limitsRecipes[name];
  await until(`${name}'s limits of ${Object.keys(changes).join(', ')} in force`, async ({ saw, signal: look }) => {
    for (const [tenant, limits] of Object.entries(changes)) {
      if (recipe.inForce(await ask(backend, recipe, recipe.statePath, look), tenant, limits)) continue;
      saw(`not those of ${tenant} yet`);
      if (await reloadFailed(look)) throw await refused();
      return undefined;
    }
    return true;
  }, { timeoutMs: inForceTimeoutMs, signal, step: { note } });

  async function reloadFailed(look: AbortSignal): Promise<boolean> {
    return recipe.lastReloadFailed(await ask(backend, recipe, recipe.metricsPath, look));
  }

  /** What was refused must not stay: the backend would take no later change either, and would not start again with it. */
  async function refused(): Promise<PlumblineError> {
    const reason = await refusalOf(limited);
    await apply(backend.client, [overridesObject({ runId, namespace: backend.namespace }, recipe, before)], signal);
    await touchPods(limited, signal);
    // Until then the next change would be taken for refused, too.
    await until(`${name} taking what was there before`, async (look) => ((await reloadFailed(look.signal)) ? undefined : true), { timeoutMs: inForceTimeoutMs, signal, step: { note } });
    return new PlumblineError({
      code: 'PL-LIMIT-REFUSED', kind: 'usage', expected: `limits that the running ${name} takes`, seen: reason,
      next: 'Mend the value; the names are right. The backend\'s own documentation says which values a limit takes.',
    });
  }
}

/** The backend's own last word on its overrides file. */
async function refusalOf({ name, backend, runId }: LimitedBackend): Promise<string> {
  const [pod] = await podsOf(backend.client, backend.namespace, selector(labels(runId, name)));
  const log = await podLogs(backend.client, backend.namespace, pod?.metadata?.name ?? '');
  const line = log.split('\n').findLast((one) => /failed to load config|runtime config/.test(one) && one.includes('err='));
  return line?.replace(/^.*?err="?(.*?)"?$/, '$1') ?? 'the overrides file was refused, and the log does not say why';
}

function ask(backend: Backend, recipe: LimitsRecipe, path: string, signal: AbortSignal): Promise<string> {
  return proxyGet(backend.client, backend.namespace, 'service', recipe.name, 'http', path, signal);
}

/** Undefined where there is no overrides file yet. */
async function overridesOf(backend: Backend, recipe: LimitsRecipe, signal: AbortSignal): Promise<LimitsByTenant | undefined> {
  try {
    const path = `/api/v1/namespaces/${backend.namespace}/configmaps/${recipe.overridesConfigMap}`;
    const { data } = json(await get(backend.client, path, { signal })) as { data?: Record<string, string> };
    return (parse(data?.[overridesFile] ?? '') as { overrides?: LimitsByTenant } | null)?.overrides ?? {};
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** The kubelet looks at ConfigMaps of a pod once a minute, or when the pod itself changes: an annotation is enough. */
async function touchPods({ name, backend, runId }: LimitedBackend, signal: AbortSignal): Promise<void> {
  for (const pod of await podsOf(backend.client, backend.namespace, selector(labels(runId, name)), signal)) {
    const metadata = { name: pod.metadata?.name ?? '', namespace: backend.namespace, annotations: { 'plumbline.dev/overrides-changed': new Date().toISOString() } };
    await apply(backend.client, [{ apiVersion: 'v1', kind: 'Pod', metadata }], signal);
  }
}
