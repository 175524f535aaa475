import { defineClaim, failRoute, finished, onlyCollector, startFlow, stopPod, until, ownWord } from '../../helpers/index.ts';
import type { Finding, FlowState, Subject, Tenant } from '../../helpers/index.ts';
import { deliveredOf, takenOf } from './delivered.ts';
import { judgeStop } from './graceful-stop-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SN-4',
  area: 'small-node-oom',
  claim: 'a collector that is asked to end under memory pressure flushes its queue within its grace period: what it acknowledged arrives',
  platform: new URL('./graceful-stop.yaml', import.meta.url),
  twin: {
    wrong: 'a grace period of one second',
    patch: new URL('./graceful-stop.twin.yaml', import.meta.url),
    symptom: /[1-9]\d* of \d+ acknowledged spans lost/,
  },
  usualSecondsPerSide: 25,
  check,
});

const windows = timing.gracefulStop;

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal, note } = subject;
  const [tenant] = platform.tenants;
  if (!tenant) throw new Error('this platform has no tenant');
  await failRoute(platform, tenant, 'tempo', { mode: 'refuse', seconds: windows.outageSeconds }, signal);
  const flow = await startFlow(platform, tenant, { name: `${tenant.id}-stop`, signal: 'traces', via: 'collector', ...windows.flood }, signal);
  const state = await finished(flow, { timeoutMs: windows.boundSeconds * 1000, signal, note });
  await flowingAgain(subject, tenant, state);
  const collector = await onlyCollector(platform, tenant, signal);
  const [usage, taken] = [await ownWord(tenant, collector.pod, signal), await takenOf(subject, tenant, state, signal)];
  if (state.acceptedItems - taken < windows.queuedShare * state.acceptedItems) throw new Error(`no full queue to flush: ${taken} of ${state.acceptedItems} acknowledged spans had left it`);
  note(`${state.acceptedItems - taken} spans queued: the collector is asked to end`);
  const end = await stopPod(tenant, { name: collector.pod, uid: collector.uid }, { timeoutMs: windows.boundSeconds * 1000, signal, note });
  const delivered = await deliveredOf(subject, tenant, state, windows.deliverySeconds);
  return judgeStop({ graceSeconds: platform.spec.collector.graceSeconds, flow: state, takenBefore: taken, delivered, usage, end });
}

/** The gate passes again, slowly, and the exporters have noticed: who waits for a retry when it is asked to end gives it up. */
async function flowingAgain({ platform, signal, note }: Subject, tenant: Tenant, state: FlowState): Promise<void> {
  await failRoute(platform, tenant, 'tempo', { mode: 'slow', delayMs: windows.slowMs, taken: true, seconds: windows.slowSeconds }, signal);
  const passedAtMs = Date.now();
  await until('the queue on its way again', async (look) => {
    const taken = await takenOf({ platform }, tenant, state, look.signal);
    look.saw(`${taken} spans`);
    return taken > 0 && Date.now() - passedAtMs > windows.backOffMs ? true : undefined;
  }, { timeoutMs: windows.recoverSeconds * 1000, signal, step: { note } });
}
