import type { AskAs, StoredFlow } from '../stored-flow.ts';

/** The ledger's items of a flow that a tenant finds, once for each time they are returned. */
export async function tempoItems(_as: AskAs, flow: StoredFlow, _signal: AbortSignal): Promise<Uint32Array> {
  throw new Error(`not yet: ${flow.name}`);
}
