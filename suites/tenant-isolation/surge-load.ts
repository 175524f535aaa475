/** Loads of the surge, from the limits in force. Pure: limits in, numbers out. */
import type { NotJudged } from '../../helpers/index.ts';
import { timing } from './timing.ts';

const bounds = timing.surge;

/** Limits of one tenant in Mimir, in force now: samples a second, samples at once, requests a second (0: any number). */
export interface RateLimits {
  readonly tenant: string;
  readonly rate: number;
  readonly burst: number;
  readonly requestRate: number;
}

/** Samples or requests a second. */
export interface SurgeLoad {
  readonly flood: { readonly ratePerSecond: number; readonly batch: number; readonly series: number };
  /** By neighbour, in their order: via the collector, straight to the backend (a sample a request), and queries. */
  readonly neighbours: readonly { readonly steady: number; readonly writes: number; readonly queries: number }[];
}

/** Ten times what the first tenant may write, and what the others send meanwhile; or why this machine cannot do that. */
export function surgeLoad(dev: RateLimits, others: readonly RateLimits[]): SurgeLoad | NotJudged {
  const ratePerSecond = dev.rate * bounds.tenfold;
  const all = ratePerSecond * bounds.phaseSeconds * bounds.surges;
  if (!(dev.rate > 0) || ratePerSecond > bounds.samplesPerSecondAtMost) {
    const most = bounds.samplesPerSecondAtMost;
    return {
      skipped: `${dev.tenant} may write ${dev.rate} samples a second; ten times that is ${ratePerSecond}, and this machine floods with ${most} at most. `
        + `Give it an ingestion_rate of 1 to ${most / bounds.tenfold}.`,
    };
  }
  // The bucket is full at first, and what is in it is no surge beyond the limit.
  if (all < dev.burst * bounds.burstsAtLeast) {
    return { skipped: `${dev.tenant} may write ${dev.burst} samples at once; a flood of ${all} in all hardly exceeds that. Give it a smaller ingestion_burst_size.` };
  }
  const neighbours = others.map((one) => neighbourLoad(one, others.length));
  const slow = neighbours.findIndex(({ writes }) => writes < bounds.writesAtLeast);
  if (slow >= 0) {
    const { tenant, rate, requestRate } = others[slow] as RateLimits;
    return { skipped: `${tenant} may write ${rate} samples in ${requestRate || 'any number of'} requests a second: too few for a p99. Give it a higher limit.` };
  }
  const batch = Math.max(1, Math.min(Math.round(ratePerSecond / bounds.floodRequestsPerSecond), dev.burst));
  return { flood: { ratePerSecond, batch, series: Math.ceil(ratePerSecond / bounds.samplesPerSeries) }, neighbours };
}

/** Well below the neighbour's own limits: whatever it is refused then, is not for what it sends itself. */
function neighbourLoad({ rate, requestRate }: RateLimits, neighbours: number): SurgeLoad['neighbours'][number] {
  const share = rate * bounds.shareOfLimit / 2;
  const requests = requestRate > 0 ? requestRate * bounds.shareOfLimit / 2 : Infinity;
  return {
    steady: Math.max(1, Math.floor(Math.min(bounds.steadyPerSecond, share))),
    writes: Math.floor(Math.min(Math.max(bounds.writesPerSecond / neighbours, bounds.writesAtLeast), share, requests)),
    queries: Math.max(bounds.queriesPerSecond / neighbours, bounds.writesAtLeast),
  };
}
