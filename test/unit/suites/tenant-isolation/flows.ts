import type { FlowState, Reckoning } from '../../../../helpers/index.ts';

/** A flow of which nothing but these fields matters. */
export function flow(fields: Partial<FlowState> & { readonly name: string }): FlowState {
  return {
    signal: 'metrics', url: 'http://backend', running: false, ended: 'complete', startedAtMs: 0, endedAtMs: 0, planned: 0, sent: 0, acceptedItems: 0, requests: 0,
    batch: 1, series: 1, spansPerTrace: 1, firstDataMs: 0, lastDataMs: 0, answers: [], firstRefusals: [], resends: 0,
    partial: { requests: 0, rejected: 0, firstMessage: '' }, timeline: [], latencies: [],
    ...fields,
  };
}

/** Everything sent was stored, but for what `fields` says. */
export function ledger(sent: number, fields: Partial<Reckoning> = {}): Reckoning {
  return {
    sent, acknowledged: sent, refused: 0, unanswered: 0, stored: sent, lost: 0, lostRanges: [], doubled: 0, doubledRanges: [],
    foreign: 0, foreignRanges: [], foreignTo: {}, late: 0, refusedStored: 0, neverSent: 0, ...fields,
  };
}
