/** The gate as a second witness beside the ledger. Pure. */
import { acknowledgedRanges, gateFlow, reckon, refusedRanges } from '../../helpers/index.ts';
import type { FlowState, GateRecord } from '../../helpers/index.ts';

/** Item by item: how many the sender was told are there, and the gate saw no backend take. */
export function neverTaken(flow: FlowState, gate: GateRecord): number {
  const taken = Uint32Array.from(gateFlow(gate, flow.name).ranges.flatMap(([first, end]) => Array.from({ length: end - first }, (_, index) => first + index)));
  return reckon({ sent: flow.sent, acknowledged: acknowledgedRanges(flow), refused: refusedRanges(flow), firstLook: taken, lastLook: taken }).lost;
}
