/** How much a tenant may be sent for minutes, whatever its limits are. */
import { limitInForce } from '../../helpers/index.ts';
import type { BackendName, Platform, Tenant } from '../../helpers/index.ts';
import { timing } from './timing.ts';

const { shareOfLimit, itemBytes } = timing.steady;

/** @returns items a second: `wanted`, or a share of what the tenant's own limit lets through */
export async function steadyRate(platform: Platform, tenant: Tenant, backend: BackendName, wanted: number, signal: AbortSignal): Promise<number> {
  const asked = async (limit: string): Promise<number> => (await limitInForce(platform, tenant, backend, limit, signal)) ?? 0;
  const allowed = {
    mimir: () => asked('ingestion_rate'),
    loki: async () => (await asked('ingestion_rate_mb')) * 1024 ** 2 / itemBytes,
    tempo: async () => (await asked('ingestion.rate_limit_bytes')) / itemBytes,
  }[backend];
  return Math.min(wanted, Math.floor((await allowed()) * shareOfLimit));
}

/** Why a platform cannot be judged by that little, or undefined. */
export function tooLittle(rates: readonly { readonly tenant: string; readonly backend: BackendName; readonly rate: number }[]): string | undefined {
  const low = rates.find(({ rate }) => rate < timing.steady.itemsAtLeast);
  return low && `${low.tenant} may be sent ${low.rate} items a second for ${low.backend} in an outage: too few. Give it a higher limit there.`;
}
