import { discardedAs, reckoningText } from '../../helpers/index.ts';
import type { Discard, Evidence, Finding, Reckoning } from '../../helpers/index.ts';
import { timing } from './timing.ts';

/** Of samples whose series was new although the tenant had as many as it may (reasonPerUserSeriesLimit in Mimir's pkg/ingester). */
export const seriesReason = 'per_user_series_limit';

/** What became of one tenant's two flows. */
export interface SeriesAccount {
  readonly tenant: string;
  readonly tenantId: string;
  readonly knownSeries: number;
  /** Samples of known series, before and after the limit was reached. */
  readonly known: Reckoning;
  /** One sample a series that was new. */
  readonly fresh: Reckoning;
}

export interface SeriesSeen {
  /** Of the tenant that goes over its limit. */
  readonly limit: number;
  readonly over: SeriesAccount;
  readonly others: readonly SeriesAccount[];
  readonly discards: readonly Discard[];
}

/** Judges what was stored: only new series of the tenant over its limit are missing, and everybody else's are there. */
export function judgeSeries(seen: SeriesSeen): Finding {
  const { limit, over, others } = seen;
  const offenders = [...offencesOfOver(seen), ...others.flatMap((one) => offencesOfOther(one, seen.discards))];
  return {
    holds: offenders.length === 0,
    expected: `${over.tenant} keeps ${limit} series and loses only new ones, ${others.map(({ tenant }) => tenant).join(', ')} none; `
      + `${seriesReason} counted under ${over.tenant} only`,
    observed: [
      `${over.tenant}: ${over.fresh.lost} of ${over.fresh.sent} new series lost, ${over.known.lost} of ${over.known.acknowledged} samples of known series lost, `
        + `${countedOf(over, seen.discards)} counted as ${seriesReason}`,
      ...others.map((one) => `${one.tenant}: ${one.fresh.lost} of ${one.fresh.sent} new series lost, ${one.known.lost} of ${one.known.acknowledged} samples lost`),
    ].join('; '),
    ...(offenders[0] === undefined ? {} : { cause: offenders[0] }),
    evidence: [tableOf(seen), { what: `Mimir's discarded samples by tenant and reason`, shape: 'table', data: seen.discards }, { what: 'offenders', data: offenders }],
  };
}

function offencesOfOver({ limit, over, discards }: SeriesSeen): readonly string[] {
  const { tenant, known, fresh } = over;
  const stored = over.knownSeries + fresh.stored;
  const slack = limit * timing.seriesLimit.tolerance;
  const counted = countedOf(over, discards);
  return [
    ...(known.lost > 0 ? [`${tenant} lost ${known.lost} samples of series that it had: ${reckoningText(known)}`] : []),
    ...(fresh.lost === 0 ? [`${tenant} stored all ${fresh.sent} new series beside its ${over.knownSeries}: nothing held it to ${limit}`] : []),
    ...(fresh.lost > 0 && Math.abs(stored - limit) > slack ? [`${tenant} has ${stored} series in place of the ${limit} that it may have`] : []),
    ...(fresh.lost > 0 && counted === 0 ? [`${tenant} lost ${fresh.lost} new series, and ${seriesReason} is not counted for it`] : []),
    ...strayed(over),
  ];
}

function offencesOfOther(other: SeriesAccount, discards: readonly Discard[]): readonly string[] {
  const counted = countedOf(other, discards);
  return [
    ...[other.known, other.fresh].filter(({ lost }) => lost > 0).map((one) => `${other.tenant}: ${reckoningText(one)}`),
    ...(counted > 0 ? [`${counted} samples are counted as ${seriesReason} under ${other.tenant}`] : []),
    ...strayed(other),
  ];
}

/** What neither side of the limit explains: refused by the collector itself, or with somebody else. */
function strayed({ tenant, known, fresh }: SeriesAccount): readonly string[] {
  return [known, fresh].filter(({ refused, unanswered, foreign }) => refused + unanswered + foreign > 0)
    .map((one) => `${tenant}: ${one.refused} refused by the collector, ${one.unanswered} without an answer; ${reckoningText(one)}`);
}

function countedOf({ tenantId }: SeriesAccount, discards: readonly Discard[]): number {
  return discardedAs(discards, tenantId, seriesReason);
}

function tableOf({ over, others, discards }: SeriesSeen): Evidence {
  const rows = [over, ...others].map((one) => ({
    tenant: one.tenant, 'known series': one.knownSeries, 'samples of them': one.known.sent, 'of those lost': one.known.lost,
    'new series': one.fresh.sent, stored: one.fresh.stored, lost: one.fresh.lost, foreign: one.known.foreign + one.fresh.foreign, counted: countedOf(one, discards),
  }));
  return { what: 'known and new series by tenant', shape: 'table', data: rows };
}
