/** What of a flow the backend took, by the gate's record: reading a gigabyte back would take longer than sending it. */
import { gateFlow, gateRecord, settle } from '../../helpers/index.ts';
import type { FlowState, Subject, Tenant } from '../../helpers/index.ts';

/** Different spans, now. */
export async function takenOf({ platform }: Pick<Subject, 'platform'>, tenant: Tenant, { name }: Pick<FlowState, 'name'>, signal: AbortSignal): Promise<number> {
  return gateFlow(await gateRecord(platform, tenant, 'tempo', signal), name).distinct;
}

/** The same once all that was acknowledged is there, or so many seconds are over. */
export async function deliveredOf(subject: Omit<Subject, 'inStep'>, tenant: Tenant, flow: FlowState, seconds: number): Promise<number> {
  const missing = (spans: number): string | undefined => (spans >= flow.acceptedItems ? undefined : `${spans} of ${flow.acceptedItems}`);
  const { seen } = await settle('what was acknowledged at the backend', (at) => takenOf(subject, tenant, flow, at), missing, { timeoutMs: seconds * 1000, signal: subject.signal, note: subject.note });
  return seen;
}
