import { parse } from 'yaml';
import { apply } from '../clusters/kubernetes.ts';
import { getIfThere } from '../clusters/kube-api.ts';
import type { Backend, BackendName } from '../components/backend.ts';
import { overridesObject } from '../components/backend-manifests.ts';
import { overridesFile } from '../components/limits-recipe.ts';
import type { LimitsByTenant, TenantLimits } from '../components/limits-recipe.ts';
import { limitsRecipes } from '../components/limits.ts';
import { touchPods } from './touch.ts';

/** A running backend, and the run that it belongs to. */
export interface LimitedBackend {
  readonly name: BackendName;
  readonly backend: Backend;
  readonly runId: string;
}

/** Makes the overrides file where there is none yet, which is what a backend's pod waits for at its start. Answers whether it did. */
export async function ensureOverrides(limited: LimitedBackend, signal: AbortSignal): Promise<boolean> {
  if ((await readOverrides(limited, signal)) !== undefined) return false;
  await applyOverrides(limited, {}, signal);
  return true;
}

/** Replaces the overrides file of a running backend; when it is in force, only the backend itself can say. */
export async function writeOverrides(limited: LimitedBackend, byTenant: LimitsByTenant, signal: AbortSignal): Promise<void> {
  await applyOverrides(limited, byTenant, signal);
  await touchPods({ ...limited.backend, runId: limited.runId, app: limited.name }, signal);
}

/** Undefined where there is no overrides file yet. */
export async function readOverrides({ name, backend }: LimitedBackend, signal: AbortSignal): Promise<LimitsByTenant | undefined> {
  const path = `/api/v1/namespaces/${backend.namespace}/configmaps/${limitsRecipes[name].overridesConfigMap}`;
  const found = await getIfThere(backend.client, path, { signal }) as { data?: Record<string, string> } | undefined;
  return found && ((parse(found.data?.[overridesFile] ?? '') as { overrides?: LimitsByTenant } | null)?.overrides ?? {});
}

/** A tenant's overrides as the backend's file has them: with the burst that was added to a rate. None: an empty mapping. */
export async function overridesOfTenant(limited: LimitedBackend, tenantId: string, signal: AbortSignal): Promise<TenantLimits> {
  return (await readOverrides(limited, signal))?.[tenantId] ?? {};
}

async function applyOverrides({ name, backend, runId }: LimitedBackend, byTenant: LimitsByTenant, signal: AbortSignal): Promise<void> {
  await apply(backend.client, [overridesObject({ runId, namespace: backend.namespace }, limitsRecipes[name], byTenant)], signal);
}
