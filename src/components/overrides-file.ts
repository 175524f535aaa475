import { parse, stringify } from 'yaml';
import { sameValue } from './limit-value.ts';
import { dotted } from './limits-recipe.ts';
import type { LimitsByTenant, TenantLimits } from './limits-recipe.ts';

/** What the overrides files of Mimir, Loki and Tempo, and their answers about them, have in common. */

/** The file's text, each tenant's limits completed; a tenant without any is left out. */
export function renderOverrides(byTenant: LimitsByTenant, complete: (limits: TenantLimits) => TenantLimits): string {
  const limited = Object.entries(byTenant).filter(([, limits]) => Object.keys(limits).length > 0);
  return stringify({ overrides: Object.fromEntries(limited.map(([tenant, limits]) => [tenant, complete(limits)])) });
}

/** A rate, the burst that bounds it at first, and the least burst that lets one batch of a collector through. */
export interface Burst { readonly rate: string; readonly burst: string; readonly atLeast: number }

/** A tenant may spend this many seconds of its rate at once. */
const burstSeconds = 2;

/**
 * Adds the burst where only the rate is given. The rate limiters are buckets that start full: with the default's burst, made for
 * tenants without a limit, a tenant of 1,000 samples a second would be refused nothing for minutes.
 */
export function withBursts(limits: TenantLimits, bursts: readonly Burst[]): TenantLimits {
  const added = bursts.flatMap(({ rate, burst, atLeast }) => {
    const perSecond = limits[rate];
    return typeof perSecond === 'number' && !(burst in limits) ? [[burst, Math.max(atLeast, perSecond * burstSeconds)] as const] : [];
  });
  return { ...limits, ...Object.fromEntries(added) };
}

/** The answer as a mapping; Tempo's first lines say what was asked. Undefined where it is none. */
export function yamlAnswer(answer: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = parse(answer.replace(/^GET .*\n/, ''), { logLevel: 'silent' });
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

/** The mapping at a key, or an empty one. */
export function inner(of: Readonly<Record<string, unknown>> | undefined, key: string): Readonly<Record<string, unknown>> {
  const value = of?.[key];
  return value !== null && typeof value === 'object' ? value as Record<string, unknown> : {};
}

/** Whether a loaded overrides file shows all these limits of a tenant; with none asked for, that the tenant has none. */
export function showsLimits(state: Readonly<Record<string, unknown>>, tenantId: string, limits: TenantLimits): boolean {
  const shown = inner(state, 'overrides')[tenantId] as TenantLimits | undefined;
  if (!shown) return Object.keys(limits).length === 0;
  const all = dotted(shown);
  return Object.keys(limits).length > 0 && [...dotted(limits)].every(([path, value]) => sameValue(value, all.get(path)));
}

/** `<prefix>_runtime_config_last_reload_successful` is 0 while the file on disk is not the one in force. */
export function reloadFailed(metrics: string, prefix: string): boolean {
  return new RegExp(`^${prefix}_runtime_config_last_reload_successful(\\{[^}]*\\})? 0$`, 'm').test(metrics);
}
