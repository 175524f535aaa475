/** Loads for limits of series, from the limits in force. Pure: limits in, numbers out. */
import type { NotJudged } from '../../helpers/index.ts';
import { timing } from './timing.ts';

const bounds = timing.seriesLimit;

/** Limits of one tenant in Mimir, in force now. */
export interface SeriesLimits {
  readonly tenant: string;
  readonly maxSeries: number;
  readonly samplesPerSecond: number;
}

/** What one tenant sends: samples of known series, round after round, and then series that are new, a sample each. */
export interface SeriesLoad {
  readonly known: number;
  readonly knownPerSecond: number;
  readonly fresh: number;
  readonly freshPerSecond: number;
}

/** More series than the limit has room for, at rates that the tenant's own ingestion rate lets through; or why that can't be. */
export function loadOver({ tenant, maxSeries, samplesPerSecond }: SeriesLimits): SeriesLoad | NotJudged {
  const known = Math.min(bounds.knownSeries, Math.floor(maxSeries / 2));
  const fresh = maxSeries - known + Math.min(bounds.seriesBeyond, Math.ceil(maxSeries / 2));
  const load = { known, fresh, ...rates(known, samplesPerSecond) };
  const seconds = fresh / load.freshPerSecond;
  if (known + fresh > bounds.seriesAtMost) {
    return { skipped: `${tenant} may have ${maxSeries} series; this machine sends ${bounds.seriesAtMost} at most. Give it a limit below that.` };
  }
  if (known === 0) return { skipped: `${tenant} may have ${maxSeries} series: there is no room for one that is known before the others. Give it a limit of 2 or more.` };
  if (seconds > bounds.sendSecondsAtMost) {
    return {
      skipped: `${tenant} may write ${samplesPerSecond} samples a second: ${fresh} series would take ${Math.ceil(seconds)} s, `
        + `more than ${bounds.sendSecondsAtMost}. Give it a higher ingestion_rate.`,
    };
  }
  return load;
}

/** The same as another tenant sends, as far as this one's own limits let it: it is to lose nothing. */
export function loadWithin(same: SeriesLoad, { maxSeries, samplesPerSecond }: SeriesLimits): SeriesLoad {
  const room = Math.floor(maxSeries * bounds.shareOfLimit);
  const known = Math.max(1, Math.min(same.known, Math.floor(room / 2)));
  return { known, fresh: Math.max(1, Math.min(same.fresh, room - known)), ...rates(known, samplesPerSecond) };
}

/** Together they stay below the tenant's own rate, so that it is the series that are limited and not the samples. */
function rates(known: number, samplesPerSecond: number): Pick<SeriesLoad, 'knownPerSecond' | 'freshPerSecond'> {
  const share = samplesPerSecond * bounds.shareOfLimit / 2;
  return { knownPerSecond: Math.min(Math.max(1, known), share), freshPerSecond: Math.min(bounds.freshPerSecond, share) };
}
