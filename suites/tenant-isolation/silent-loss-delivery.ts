/** One tenant's samples by way of its collector: what the sender, the exporter, the judge and Mimir say of them. */
import { discards, exporterCounts, exporterMetrics, finished, ledgerEvidence, settle, settledLedger, startFlow, storedSampleCount } from '../../helpers/index.ts';
import type { Evidence, ExporterCounts, FlowState, Subject, Tenant } from '../../helpers/index.ts';
import type { BeyondLoad, Delivery } from './silent-loss-judge.ts';
import { timing } from './timing.ts';

const windows = timing.silentLoss;

/** Sends each sample in a series of its own, waits until the exporter is through with them, and asks the judge for the loss. */
export async function deliver(subject: Subject, tenant: Tenant, load: BeyondLoad): Promise<{ readonly delivery: Delivery; readonly evidence: readonly Evidence[] }> {
  const { platform, signal, note } = subject;
  const flow = await startFlow(platform, tenant, {
    name: `${tenant.id}-series`, signal: 'metrics', via: 'collector', series: load.items, items: load.items, ratePerSecond: load.perSecond,
  }, signal);
  const state = await finished(flow, { timeoutMs: (load.items / load.perSecond + windows.answerSeconds) * 1000, signal, note });
  const counts = await settledCounts(subject, tenant, state);
  const judged = platform.spec.judgedBy === 'ledger' ? await lostByLedger(subject, tenant, state) : { reportedLost: counts.failed, evidence: [] };
  const reasons = (await discards(platform, 'mimir', signal)).filter(({ tenantId }) => tenantId === tenant.id);
  const missing = state.acceptedItems - await storedSampleCount(platform, tenant, state, signal);
  return {
    delivery: {
      tenant: tenant.name, sent: state.sent, acknowledged: state.acceptedItems, exporterSent: counts.sent, exporterFailed: counts.failed,
      reportedLost: judged.reportedLost, missing, discarded: reasons.map(({ reason, items }) => `${reason} ${items}`).join(', ') || 'none',
    },
    evidence: judged.evidence,
  };
}

/** Waits until the exporter has sent or given up what the collector took; where it does not, its counts are a finding as they are. */
async function settledCounts({ platform, signal, note }: Subject, tenant: Tenant, { acceptedItems }: FlowState): Promise<ExporterCounts> {
  const look = async (looking: AbortSignal) => exporterCounts(await exporterMetrics(platform, tenant, looking), 'mimir', tenant.name);
  const missing = ({ sent, failed }: ExporterCounts) => (sent + failed >= acceptedItems ? undefined : `${sent} sent and ${failed} failed of ${acceptedItems}`);
  return (await settle(`${tenant.name}'s exporter through with its data`, look, missing, { timeoutMs: windows.exportSeconds * 1000, signal, note })).seen;
}

async function lostByLedger(subject: Subject, tenant: Tenant, state: FlowState): Promise<{ readonly reportedLost: number; readonly evidence: readonly Evidence[] }> {
  const { platform, signal, note } = subject;
  const reckoning = await settledLedger(platform, tenant, state, {
    timeoutMs: windows.deliverySeconds * 1000, graceMs: windows.graceSeconds * 1000, signal, note,
    // Those of the table have other things to do.
    others: platform.tenants.slice(0, 2).filter(({ name }) => name !== tenant.name),
  });
  return { reportedLost: reckoning.lost, evidence: [ledgerEvidence(state, reckoning)] };
}
