import { reckoningText } from '../../helpers/index.ts';
import type { Evidence, Finding, FlowState, PodLife, Reckoning } from '../../helpers/index.ts';

/** What was seen of one changed limit; times are milliseconds, moments by the epoch. */
export interface RaiseSeen {
  /** The tenant that was over its limit, and whose override was edited. */
  readonly tenant: string;
  readonly edited: string;
  /** In words: `max_global_series_per_user from 1000 to 3000`. */
  readonly change: string;
  /** Series beyond the limit, before the change. */
  readonly before: Reckoning;
  /** One sample a series that was new, at a steady rate, from before the change until after it. */
  readonly fresh: Pick<FlowState, 'sent' | 'firstDataMs' | 'lastDataMs'>;
  readonly freshStored: Uint32Array;
  readonly changedAtMs: number;
  /** From the changed overrides to the backend's own word that it has them. */
  readonly saidAfterMs: number;
  readonly boundMs: number;
  readonly livesBefore: readonly PodLife[];
  readonly livesAfter: readonly PodLife[];
}

/** Judges by what was stored: from when on nothing new of the tenant is lost any more. */
export function judgeRaise(seen: RaiseSeen): Finding {
  const { tenant, fresh, freshStored, boundMs } = seen;
  const effectMs = effectAfterMs(seen);
  const offenders = offences(seen, effectMs);
  const took = effectMs === undefined ? '' : `, all from ${seconds(effectMs)} s after the change`;
  const restarts = sameLives(seen) ? 'no restart' : 'restarted';
  return {
    holds: offenders.length === 0,
    expected: `${tenant}'s new series are stored within ${seconds(boundMs)} s of ${seen.change}, and no pod of the backend restarts`,
    observed: `${tenant}: ${freshStored.length} of ${fresh.sent} new series stored${took} (the backend's own word: ${seconds(seen.saidAfterMs)} s); `
      + `before it ${seen.before.lost} of ${seen.before.sent} lost; ${restarts}`,
    ...(offenders[0] === undefined ? {} : { cause: offenders[0] }),
    evidence: [
      timeLine(seen),
      { what: 'pods of the backend before and after', data: { before: seen.livesBefore, after: seen.livesAfter } },
      { what: 'offenders', data: offenders },
    ],
  };
}

function offences(seen: RaiseSeen, effectMs: number | undefined): readonly string[] {
  const { tenant, before, fresh, freshStored, boundMs } = seen;
  return [
    ...(before.lost === 0 ? [`${tenant} was never over its limit: ${reckoningText(before)}`] : []),
    ...(before.foreign > 0 ? [`${tenant}: ${reckoningText(before)}`] : []),
    ...(freshStored.length === fresh.sent ? [`${tenant} had room for new series before the limit was raised`] : []),
    ...(effectMs === undefined ? [`new series of ${tenant} are still lost ${seconds(fresh.lastDataMs - seen.changedAtMs)} s after ${seen.change} for ${seen.edited}`] : []),
    ...(effectMs !== undefined && effectMs > boundMs ? [`new series of ${tenant} were lost until ${seconds(effectMs)} s after the change, not ${seconds(boundMs)}`] : []),
    ...(sameLives(seen) ? [] : [`the backend's pods are others, or were started again: ${JSON.stringify(seen.livesAfter)}`]),
  ];
}

/**
 * From the change until the first item from which on all are stored; undefined where the last one is missing. An item is in the backend
 * up to half a second after it was due (a request's and the collector's batch), so the moment is seen that much too early at most.
 */
function effectAfterMs({ fresh, freshStored, changedAtMs }: RaiseSeen): number | undefined {
  const stored = new Set(freshStored);
  let from = fresh.sent;
  while (from > 0 && stored.has(from - 1)) from -= 1;
  return from === fresh.sent ? undefined : dueMs(fresh, from) - changedAtMs;
}

function dueMs({ sent, firstDataMs, lastDataMs }: RaiseSeen['fresh'], item: number): number {
  return firstDataMs + (lastDataMs - firstDataMs) * item / Math.max(1, sent - 1);
}

function sameLives({ livesBefore, livesAfter }: RaiseSeen): boolean {
  return livesBefore.length > 0 && JSON.stringify(livesBefore) === JSON.stringify(livesAfter);
}

const stepMs = 250;

function timeLine({ tenant, fresh, freshStored, changedAtMs }: RaiseSeen): Evidence {
  const stored = new Set(freshStored);
  const steps = Map.groupBy(Array.from({ length: fresh.sent }, (_, item) => item), (item) => Math.floor((dueMs(fresh, item) - changedAtMs) / stepMs));
  const rows = [...steps].map(([step, items]) => ({ atMs: step * stepMs, sent: items.length, stored: items.filter((item) => stored.has(item)).length }));
  return { what: `new series of ${tenant}, by when they were due; 0 is the change`, shape: 'time-line', data: rows };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
