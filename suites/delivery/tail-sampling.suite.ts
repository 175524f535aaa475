import { defineClaim, finished, searchedTraces, serviceTraces, settle, startFlow, traceKind, whileHolds } from '../../helpers/index.ts';
import type { Finding, FlowState, SentSpan, ServiceFlow, Subject, Tenant } from '../../helpers/index.ts';
import { judgeSampling } from './sampling-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'DL-6',
  area: 'delivery',
  claim: 'tail sampling over two tiers of collectors keeps every failed and every slow trace and the share of the rest that was asked for, all of them whole',
  platform: new URL('./tail-sampling.yaml', import.meta.url),
  twin: {
    wrong: 'spans go to a sampler by their service, not by their trace',
    patch: new URL('./tail-sampling.twin.yaml', import.meta.url),
    symptom: /[1-9]\d* traces only in part/,
  },
  // What is sent is far below what two tiers carry.
  sidesTogether: true,
  usualSecondsPerSide: 32,
  check,
});

const windows = timing.tailSampling;

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal, note } = subject;
  const [tenant] = platform.tenants;
  const { sampling } = platform.spec;
  if (!tenant || !sampling) throw new Error('this platform samples nothing');
  const { traces: sent, services, batch, errorEvery, slowEvery, slowTimes, tracesPerSecond } = windows;
  const flow: ServiceFlow = { name: `${tenant.id}-sampled`, services, batch, errorEvery, slowEvery };
  const started = await startFlow(platform, tenant, {
    ...flow, signal: 'traces', via: 'collector', ratePerSecond: tracesPerSecond * services, items: sent * services, slowMs: sampling.slowMs * slowTimes,
  }, signal);
  const state = await finished(started, { timeoutMs: windows.sendSeconds * 1000, signal, note });
  refuseLoss(state);
  await whileHolds('the last traces decided on', () => undefined, { forMs: windows.decisionSeconds * 1000, signal });
  const traces = await settledTraces(subject, tenant, flow, state);
  const finding = judgeSampling({ flow, sent, keepPercent: sampling.keepPercent, pAbove: windows.pAbove, traces });
  return { ...finding, evidence: [...finding.evidence, { what: 'the flow', data: { ...flow, answers: state.answers, ended: state.ended } }] };
}

/** A span that no collector took is no sampler's fault. */
function refuseLoss({ sent, planned, acceptedItems, answers }: FlowState): void {
  if (acceptedItems === planned && sent === planned) return;
  throw new Error(`the collector took ${acceptedItems} of ${planned} spans: ${answers.map(({ status, firstBody }) => `${status} ${firstBody}`).join(', ')}`);
}

/**
 * The failed and slow traces have to come. The rest came the same way, so that once those are there nothing is on its way any more: what
 * the search finds then is all that was kept. What is not whole there is read by its id.
 */
async function settledTraces({ platform, signal, note }: Subject, tenant: Tenant, flow: ServiceFlow, state: FlowState): Promise<ReadonlyMap<number, readonly SentSpan[]>> {
  const due = Array.from({ length: windows.traces }, (_, trace) => trace).filter((trace) => traceKind(flow, trace) !== 'plain');
  const options = { timeoutMs: windows.deliverySeconds * 1000, signal, note };
  const searched = await settle('failed and slow traces found', (look) => searchedTraces(platform, tenant, flow, state, look), (seen) => {
    const missing = due.filter((trace) => !seen.has(trace)).length;
    return missing === 0 ? undefined : `${missing} of ${due.length} missing`;
  }, options);
  const found = new Map<number, readonly SentSpan[]>(searched.seen);
  const open = (): readonly number[] => [...new Set([...found.keys(), ...due])].filter((trace) => (found.get(trace)?.length ?? 0) < flow.services);
  await settle('what was found is whole', async (look) => {
    for (const [trace, spans] of await serviceTraces(platform, tenant, flow, open(), look)) found.set(trace, spans);
    return open().length;
  }, (left) => (left === 0 ? undefined : `${left} of ${found.size} traces are not`), options);
  return found;
}
