import { collectorLogLines, defineClaim, failRoute, finished, gateFlow, gateRecord, limitInForce, lintedConfigurations, refusedAtFirst, settle, settledLedger, startFlow } from '../../helpers/index.ts';
import type { Finding, FlowState, NotJudged, Subject, Tenant } from '../../helpers/index.ts';
import { ofOrder } from './order-judge.ts';
import { judgeReason } from './reason-judge.ts';
import type { Sent } from './reason-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'PO-2',
  area: 'pipeline-order',
  claim: 'why that order: a filter drops what enrichment before it has named, and what a limiter in front refuses is sent again; in the order turned round the filter drops nothing, and acknowledged data is lost',
  platform: new URL('./reason.yaml', import.meta.url),
  twin: {
    wrong: 'the same processors in the order turned round',
    patch: new URL('./reason.twin.yaml', import.meta.url),
    symptom: /the filter dropped 0 of \d+ spans.*[1-9]\d* of \d+ acknowledged spans lost/,
  },
  // Each half by itself.
  cells: new URL('./reason.cells.yaml', import.meta.url),
  needs: ['own-pipelines'],
  // A few MB/s each, and nothing is judged on time.
  sidesTogether: true,
  usualSecondsPerSide: 30,
  check,
});

async function check(subject: Subject): Promise<Finding | NotJudged> {
  const { platform, signal } = subject;
  const [tenant] = platform.tenants;
  if (!tenant) throw new Error('this platform has no tenant');
  const rate = await limitInForce(platform, tenant, 'tempo', 'ingestion.rate_limit_bytes', signal) ?? Infinity;
  if (rate < timing.limiter.leastBytesPerSecond) return { skipped: `${tenant.name} may send Tempo ${rate} bytes a second: what gathers in an outage would take too long. Give it ${timing.limiter.leastBytesPerSecond} (ingestion.rate_limit_bytes)` };
  const [dropped, kept] = await filtered(subject, tenant);
  const { flood, taken } = await limited(subject, tenant);
  const linted = ofOrder(await lintedConfigurations(platform, tenant, signal));
  return judgeReason({ dropped, kept, flood, refusedFirst: refusedAtFirst(flood.flow), taken, linted, logLine: await refusalLine(subject, tenant) });
}

/** Spans that the filter is there for, and at the same time some that it must leave alone: once those are stored, the others come no more. */
async function filtered(subject: Subject, tenant: Tenant): Promise<readonly [Sent, Sent]> {
  const windows = timing.filter;
  const { platform, signal, note } = subject;
  const send = async (name: string, attributes: Readonly<Record<string, string>>): Promise<FlowState> =>
    finished(await startFlow(platform, tenant, { name: `${tenant.id}-${name}`, signal: 'traces', via: 'collector', ...windows.spans, attributes }, signal), { timeoutMs: windows.sendSeconds * 1000, signal, note });
  const [dropped, kept] = await Promise.all([send('probes', windows.dropped), send('carts', windows.kept)]);
  const there = await account(subject, tenant, kept, windows.deliverySeconds, windows.graceSeconds);
  return [await account(subject, tenant, dropped, windows.absentSeconds, windows.graceSeconds), there];
}

/** A flood into a collector whose backend is out, until all of it is acknowledged or given up, and what was acknowledged has had its time. */
async function limited(subject: Subject, tenant: Tenant): Promise<{ readonly flood: Sent; readonly taken: number }> {
  const windows = timing.limiter;
  const { platform, signal, note } = subject;
  await failRoute(platform, tenant, 'tempo', { mode: 'refuse', seconds: windows.outageSeconds }, signal);
  const flow = await startFlow(platform, tenant, { name: `${tenant.id}-flood`, signal: 'traces', via: 'collector', ...windows.flood }, signal);
  const state = await finished(flow, { timeoutMs: windows.sendSeconds * 1000, signal, note });
  const taken = await settle('what was acknowledged at the backend', async (look) => gateFlow(await gateRecord(platform, tenant, 'tempo', look), state.name).distinct,
    (spans) => (spans >= state.acceptedItems ? undefined : `${spans} of ${state.acceptedItems}`), { timeoutMs: windows.drainSeconds * 1000, signal, note });
  return { flood: await account(subject, tenant, state, windows.deliverySeconds, windows.graceSeconds), taken: taken.seen };
}

async function account({ platform, signal, note }: Subject, tenant: Tenant, flow: FlowState, seconds: number, graceSeconds: number): Promise<Sent> {
  return { flow, ledger: await settledLedger(platform, tenant, flow, { timeoutMs: seconds * 1000, graceMs: graceSeconds * 1000, signal, note, others: [] }) };
}

/** A cause, never a verdict: of the line's fields the error alone. */
async function refusalLine({ platform, signal }: Subject, tenant: Tenant): Promise<string | undefined> {
  const line = (await collectorLogLines(platform, tenant, signal)).find((one) => one.includes('data refused'));
  return line?.replaceAll('\t', ' ').replace(/\{.*"error": ("[^"]*").*/, '$1');
}
