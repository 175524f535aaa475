/** SN-4: whether what was acknowledged outlived the collector that was asked to end. Pure. */
import type { Finding, FlowState, PodEnd } from '../../helpers/index.ts';

export interface StopSeen {
  readonly graceSeconds: number | undefined;
  readonly flow: FlowState;
  /** Spans that the backend had when the collector was asked to end, and in the end. */
  readonly takenBefore: number;
  readonly delivered: number;
  /** Of the collector when it was asked to end; undefined where it did not answer. */
  readonly usage: { readonly rssMiB: number; readonly heapMiB: number; readonly queued: number } | undefined;
  readonly end: PodEnd;
}

export function judgeStop({ graceSeconds = 2, flow, takenBefore, delivered, usage, end }: StopSeen): Finding {
  const lost = flow.acceptedItems - delivered;
  const flushed = delivered - takenBefore;
  const ended = `it ended after ${(end.afterMs / 1000).toFixed(1)} s${end.exitCode === undefined ? '' : ` with code ${end.exitCode}`}`;
  const holds = lost <= 0;
  return {
    holds,
    expected: `${flow.acceptedItems} acknowledged spans at the backend, ${flow.acceptedItems - takenBefore} of them flushed within ${graceSeconds} s from SIGTERM`,
    observed: holds ? `${flushed} spans flushed from its queue, none lost; ${ended}` : `${lost} of ${flow.acceptedItems} acknowledged spans lost, ${flushed} flushed; ${ended}`,
    ...(holds ? {} : { cause: end.exitCode === 0 ? `it gave up ${lost} spans and ended by itself` : `the grace period of ${graceSeconds} s was over with ${lost} spans in the queue` }),
    evidence: [{
      what: 'the queue and its end', shape: 'table', headline: true,
      data: [{ graceS: graceSeconds, acknowledged: flow.acceptedItems, queued: flow.acceptedItems - takenBefore, flushed, lost: Math.max(0, lost), endedS: Number((end.afterMs / 1000).toFixed(1)), exitCode: end.exitCode ?? '', heapMiB: usage?.heapMiB ?? '' }],
    }],
  };
}
