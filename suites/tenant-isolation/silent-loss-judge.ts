/** Whether a loss was reported as it is. Pure: counts in, finding out. */
import type { Finding, NotJudged } from '../../helpers/index.ts';
import { timing } from './timing.ts';

/** Samples in a series each, more than a tenant may have. */
export interface BeyondLoad { readonly items: number; readonly perSecond: number }

/** Of one tenant's flow by way of its collector. */
export interface Delivery {
  readonly tenant: string;
  readonly sent: number;
  /** Taken by the collector. */
  readonly acknowledged: number;
  readonly exporterSent: number;
  readonly exporterFailed: number;
  /** What the judge of this platform says. */
  readonly reportedLost: number;
  /** Acknowledged, and not in Mimir by Mimir's own count. */
  readonly missing: number;
  /** Mimir's reasons, with how many. */
  readonly discarded: string;
}

/** In force for one tenant now. */
export interface LimitsOfSeries {
  readonly tenant: string;
  readonly maxSeries: number;
  readonly samplesPerSecond: number;
}

/** How many series go beyond a limit, at a rate that the tenants' own ingestion rates let through; or why that can't be. */
export function loadBeyond({ tenant, maxSeries, samplesPerSecond }: LimitsOfSeries): BeyondLoad | NotJudged {
  const { shareBeyond, seriesAtMost, perSecond, shareOfRate, sendSecondsAtMost } = timing.silentLoss;
  const items = maxSeries + Math.max(1, Math.ceil(maxSeries * shareBeyond));
  if (maxSeries === 0) return { skipped: `${tenant} may have any number of series: max_global_series_per_user is 0. Give it a limit below ${seriesAtMost}.` };
  if (items > seriesAtMost) return { skipped: `${tenant} may have ${maxSeries} series; this machine sends ${seriesAtMost} at most. Give it a limit below that.` };
  const rate = Math.min(perSecond, samplesPerSecond * shareOfRate);
  if (items / rate > sendSecondsAtMost) {
    const takes = `with an ingestion_rate of ${samplesPerSecond}, ${items} series would take ${Math.ceil(items / rate)} s`;
    return { skipped: `${takes}, more than ${sendSecondsAtMost}. Give both tenants a higher one.` };
  }
  return { items, perSecond: rate };
}

export interface Deliveries {
  readonly judgedBy: string;
  /** Of the tenant beyond its limit, and of one that sent the same without such a limit. */
  readonly over: Delivery;
  readonly within: Delivery;
  /** Series sent beyond the limit. */
  readonly beyond: number;
}

/** Holds where there is a loss and every loss is reported in its size; a judge that always reports some would be found out by the other tenant. */
export function judgeDeliveries({ judgedBy, over, within, beyond }: Deliveries): Finding {
  const both = [over, within];
  const wrong = both.find(({ reportedLost, missing }) => reportedLost !== missing);
  const cause = wrong
    ? `the ${judgedBy === 'ledger' ? 'ledger' : 'exporter\'s counters'} said that ${wrong.tenant} lost ${wrong.reportedLost}; `
      + `of ${wrong.acknowledged} samples Mimir has ${wrong.acknowledged - wrong.missing} (${wrong.discarded})`
    : `${over.tenant} lost nothing, ${beyond} series beyond its limit`;
  const holds = wrong === undefined && over.missing > 0;
  return {
    holds,
    expected: `${over.tenant} sends ${beyond} series beyond its limit: as many lost reported as are missing; ${within.tenant} sends the same and loses none of it`,
    observed: both.map(({ tenant, reportedLost, missing, exporterSent, exporterFailed }) =>
      `${tenant}: ${reportedLost} lost reported, ${missing} missing; its exporter counted ${exporterSent} sent, ${exporterFailed} failed`).join('. '),
    ...(holds ? {} : { cause }),
    evidence: [{ what: `deliveries by way of the collectors, judged by ${judgedBy}`, shape: 'table', data: both }],
  };
}
