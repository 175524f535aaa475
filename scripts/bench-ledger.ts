/**
 * What the ledger promises, measured on a platform of three tenants in clusters of their own: 10,000 samples, spans and log lines
 * a second (of each), reckoned up item by item; then a million spans and more of one
 * tenant. `node scripts/bench-ledger.ts [--rate 10000] [--seconds 10] [--via collector]`
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { nanoid } from 'nanoid';
import { finished, startFlow } from '../helpers/flows.ts';
import type { Flow, FlowSignal, FlowState, Via } from '../helpers/flows.ts';
import { reckoningText, settledLedger } from '../helpers/ledger.ts';
import type { Reckoning } from '../helpers/ledger.ts';
import { storedItems } from '../helpers/stored.ts';
import { senderUsage } from '../src/components/sender/control.ts';
import { benchMillion } from './bench-million.ts';
import { runOptions } from '../src/cli/run-options.ts';
import { deploy } from '../src/platform/deploy.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { patchPlatform } from '../src/platform/platform-file.ts';
import { plainReporter } from '../src/reports/plain.ts';
import { styleOf } from '../src/reports/style.ts';
import type { Session } from '../src/runner/session.ts';
import { withSession } from '../src/runner/session.ts';
import { stagedClusters } from '../src/runner/stage.ts';

const signals: readonly FlowSignal[] = ['metrics', 'logs', 'traces'];

interface BenchOptions {
  /** Items of each signal a second, over all tenants together. */
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly via: Via;
}

interface Sent { readonly tenant: Tenant; readonly kind: FlowSignal; readonly state: FlowState }

/** Prints what was measured; answers whether every ledger is exact: everything acknowledged and stored once. */
async function benchLedger(platform: Platform, options: BenchOptions): Promise<boolean> {
  const signal = AbortSignal.timeout(600_000);
  const note = (text: string): void => console.error(text);
  const before = await usage(platform);
  const sent = await sendAll(platform, options, signal, note);
  const after = await usage(platform);
  const table = new Table({ head: ['tenant', 'signal', 'ledger', 'write p50 / p99 / max'] });
  let exact = true;
  for (const { tenant, kind, state } of sent) {
    const reckoning = await settledLedger(platform, tenant, state, { timeoutMs: 30_000, graceMs: 10_000, signal, note });
    exact &&= isExact(reckoning);
    table.push([tenant.name, kind, reckoningText(reckoning), latencyText(state)]);
  }
  console.log(table.toString());
  console.log(`sender: ${(100 * (after.cpuSeconds - before.cpuSeconds) / options.seconds).toFixed(0)} % of one core while sending, peak ${after.peakMb.toFixed(0)} MB`);
  for (const kind of signals) console.log(await checkTime(platform, sent.filter((one) => one.kind === kind), kind, signal));
  return exact;
}

async function sendAll(platform: Platform, options: BenchOptions, signal: AbortSignal, note: (text: string) => void): Promise<readonly Sent[]> {
  const run = nanoid(6).toLowerCase().replaceAll(/[^a-z0-9]/g, '0');
  const ratePerSecond = Math.ceil(options.ratePerSecond / platform.tenants.length);
  const flows: { tenant: Tenant; kind: FlowSignal; flow: Flow }[] = [];
  for (const tenant of platform.tenants) {
    for (const kind of signals) {
      const name = `bench-${run}-${tenant.name}-${kind}`;
      flows.push({ tenant, kind, flow: await startFlow(platform, tenant, { name, signal: kind, via: options.via, ratePerSecond, seconds: options.seconds }, signal) });
    }
  }
  const timeoutMs = options.seconds * 1000 + 20_000;
  return Promise.all(flows.map(async ({ flow, ...rest }) => ({ ...rest, state: await finished(flow, { timeoutMs, signal, note }) })));
}

function isExact({ sent, acknowledged, stored, lost, doubled, foreign, neverSent }: Reckoning): boolean {
  return sent === acknowledged && sent === stored && lost + doubled + foreign + neverSent === 0;
}

function latencyText({ latencies }: FlowState): string {
  const sorted = latencies.map(([, sinceDueMs]) => sinceDueMs).toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? NaN).toFixed(1);
  return `${at(0.5)} / ${at(0.99)} / ${at(1)} ms`;
}

/** One look of each owner at all of its items, now that they are there. */
async function checkTime(platform: Platform, sent: readonly Sent[], kind: FlowSignal, signal: AbortSignal): Promise<string> {
  const start = performance.now();
  let items = 0;
  for (const { tenant, state } of sent) items += (await storedItems(platform, tenant, state, signal)).length;
  const seconds = (performance.now() - start) / 1000;
  return `${kind}: ${items} items read in ${seconds.toFixed(2)} s; ${(seconds * 100_000 / items).toFixed(2)} s for 100,000`;
}

/** Of all senders together. */
async function usage(platform: Platform): Promise<{ readonly cpuSeconds: number; readonly peakMb: number }> {
  const places = new Map(platform.tenants.map(({ client, senderNamespace }) => [client, { client, namespace: senderNamespace }]));
  const all = await Promise.all([...places.values()].map((place) => senderUsage(place)));
  return { cpuSeconds: all.reduce((sum, one) => sum + one.cpuSeconds, 0), peakMb: Math.max(...all.map((one) => one.peakMb)) };
}

/** The platform of TI-1, with a third tenant. */
async function startPlatform({ resolved, supply, context, recorder }: Session): Promise<Platform> {
  const [side] = resolved.claims[0]?.sides ?? [];
  if (!side) throw new Error('TI-1 has no side');
  const spec = patchPlatform(side.spec, { tenants: { 'scp-stage': { cluster: 'dev' } } }, 'bench');
  const staged = await stagedClusters(await supply.stage(spec));
  return recorder.step('platform', 'three tenants', (step) => deploy({ runId: context.id, spec, name: 'bench', ...staged, signal: context.signal, ownTargets: false, note: step.note, step: recorder.step }));
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { rate: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '10' }, via: { type: 'string', default: 'backend' } } });
  const via: Via = values.via === 'collector' ? 'collector' : 'backend';
  const reporter = plainReporter(process.stderr, styleOf(process.stderr, false));
  await withSession(await runOptions(['TI-1'], {}, 'npm run bench'), reporter, new AbortController().signal, async (session) => {
    const platform = await startPlatform(session);
    const exact = await benchLedger(platform, { ratePerSecond: Number(values.rate), seconds: Number(values.seconds), via });
    console.log(await benchMillion(platform, platform.tenants[0] as Tenant, AbortSignal.timeout(300_000), (text) => console.error(text)));
    console.log(exact ? 'every ledger is exact' : 'NOT every ledger is exact');
    process.exitCode = exact ? 0 : 1;
  });
}
