/** Limits of tenants in running backends: what is in force, and changing it while everything runs. */
import type { BackendName } from '../src/components/backend.ts';
import { dotted } from '../src/components/limits-recipe.ts';
import { limitNames, putLimits } from '../src/platform/limits.ts';
import { overridesOfTenant } from '../src/platform/overrides.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { backendNamed } from './flows.ts';

export { reloadSeconds } from '../src/components/limits-recipe.ts';

/**
 * A tenant's limit: its override, else the default that the running backend shows.
 * @param limit dotted name as the backend has it: `ingestion_rate`, `ingestion.rate_limit_bytes`
 * @returns undefined where the backend knows no such limit or shows no number (sizes such as `4MB` are not read)
 */
export async function limitInForce(platform: Platform, tenant: Tenant, name: BackendName, limit: string, signal: AbortSignal): Promise<number | undefined> {
  const limited = { name, backend: backendNamed(platform, name), runId: platform.runId };
  // Not the platform file's own words: where that has a rate only, a burst was added to it.
  const own = dotted(await overridesOfTenant(limited, tenant.id, signal)).get(limit);
  const value = own ?? (await limitNames(limited, signal)).get(limit);
  return typeof value === 'number' ? value : undefined;
}

/**
 * Changes limits of tenants in Mimir, Loki or Tempo while it runs, beside the ones that they have; answers once they are in force.
 * @returns milliseconds from the changed overrides file to the backend's own word that it is in force
 */
export async function changeLimits(
  platform: Platform, name: BackendName, tenant: Tenant, limits: Readonly<Record<string, unknown>>, watching: { readonly signal: AbortSignal; note(text: string): void },
): Promise<number> {
  const merged = { ...tenant.limits[name], ...limits };
  return putLimits({ name, backend: backendNamed(platform, name), runId: platform.runId }, { [tenant.id]: merged }, watching);
}
