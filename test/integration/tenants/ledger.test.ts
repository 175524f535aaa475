import { expect, test } from 'vitest';
import { changeLimits, finished, limitInForce, settledLedger, startFlow } from '../../../helpers/index.ts';
import type { FlowSignal, FlowSpec, FlowState, Platform, Reckoning, Tenant } from '../../../helpers/index.ts';
import { deploy } from '../../../src/platform/deploy.ts';
import { plainReporter } from '../../../src/reports/plain.ts';
import { styleOf } from '../../../src/reports/style.ts';
import { withSession } from '../../../src/runner/session.ts';
import { stagedClusters } from '../../../src/runner/stage.ts';
import { newRunId } from '../clusters/support.ts';

/**
 * The ledger on real backends, with faults planted on purpose: what it calls lost, doubled, foreign or late must be that, and
 * nothing else. One platform for all of it.
 */
const signals: readonly FlowSignal[] = ['metrics', 'logs', 'traces'];
const signal = new AbortController().signal;
const note = (): void => undefined;

async function onPlatform(work: (platform: Platform, dev: Tenant, prod: Tenant) => Promise<void>): Promise<void> {
  const options = {
    runId: newRunId(), selectors: ['TI-1'], provider: 'auto', images: 'auto', keep: 'never', outputDir: '', failFast: false, repeat: 1, set: {}, command: 'npm test',
  } as const;
  await withSession(options, plainReporter(process.stdout, styleOf(process.stdout, false)), signal, async ({ resolved, supply, context, recorder }) => {
    const spec = resolved.claims[0]?.sides[0]?.spec;
    if (!spec) throw new Error('TI-1 has no side');
    const staged = await stagedClusters(await supply.stage(spec));
    const platform = await deploy({ runId: context.id, spec, name: 'ledger', ...staged, signal, ownTargets: false, note, step: recorder.step });
    await work(platform, platform.tenants[0] as Tenant, platform.tenants[1] as Tenant);
  });
}

async function sent(platform: Platform, tenant: Tenant, spec: Omit<FlowSpec, 'ratePerSecond'>): Promise<FlowState> {
  return finished(await startFlow(platform, tenant, { ratePerSecond: 1000, items: 1000, ...spec }, signal), { timeoutMs: 30_000, signal, note });
}

function reckoned(platform: Platform, owner: Tenant, flow: FlowState, timeoutMs = 20_000, graceMs = 0): Promise<Reckoning> {
  return settledLedger(platform, owner, flow, { timeoutMs, graceMs, signal, note });
}

test('planted faults come out as what they are', { timeout: 10 * 60_000 }, async () => {
  await onPlatform(async (platform, dev, prod) => {
    await Promise.all(signals.map(async (kind) => {
      const right = await sent(platform, dev, { name: `right-${kind}`, signal: kind, via: 'collector' });
      expect(await reckoned(platform, dev, right), kind).toMatchObject({ sent: 1000, acknowledged: 1000, stored: 1000, lost: 0, doubled: 0, foreign: 0 });

      const strayed = await sent(platform, dev, { name: `strayed-${kind}`, signal: kind, via: 'backend', headers: { 'X-Scope-OrgID': prod.id } });
      // Once the stranger has it, the owner will not find it any more.
      expect((await reckoned(platform, prod, strayed)).stored, kind).toBe(1000);
      expect(await reckoned(platform, dev, strayed, 0), kind).toMatchObject({ stored: 0, lost: 1000, foreign: 1000, foreignTo: { [prod.name]: 1000 } });

      const refused = await sent(platform, dev, { name: `refused-${kind}`, signal: kind, via: 'backend', headers: {} });
      expect(await reckoned(platform, dev, refused, 0), kind).toMatchObject({ acknowledged: 0, refused: 1000, stored: 0, lost: 0 });
    }));

    // The same numbers from two senders, at times of their own. Tempo merges spans of one id, so it has no say here.
    for (const kind of ['metrics', 'logs'] as const) {
      const first = await sent(platform, dev, { name: `doubled-${kind}`, signal: kind, via: 'backend' });
      const again = await sent(platform, prod, { name: `doubled-${kind}`, signal: kind, via: 'backend', headers: { 'X-Scope-OrgID': dev.id } });
      const both = { ...first, lastDataMs: Math.max(first.lastDataMs, again.lastDataMs) };
      expect(await reckoned(platform, dev, both), kind).toMatchObject({ stored: 1000, doubled: 1000, lost: 0 });
    }

    // Half of it comes from another sender, and only once the deadline is over.
    const half = await sent(platform, dev, { name: 'late', signal: 'metrics', via: 'backend', items: 500 });
    const whole = { ...half, sent: 1000, answers: half.answers.map((one) => ({ ...one, ranges: [[0, 1000]] as const })), lastDataMs: half.lastDataMs + 60_000 };
    let rest: Promise<FlowState> | undefined;
    const late = await settledLedger(platform, dev, whole, { timeoutMs: 1000, graceMs: 20_000, signal, note: (text) => {
      if (text.includes('is late')) rest ??= sent(platform, prod, { name: 'late', signal: 'metrics', via: 'backend', headers: { 'X-Scope-OrgID': dev.id } });
    } });
    await rest;
    expect(late).toMatchObject({ stored: 1000, lost: 0, late: 500, foreign: 0 });

    // A limit that is set while all of it runs: what is beyond it is lost although it was acknowledged.
    expect(await limitInForce(platform, dev, 'mimir', 'max_global_series_per_user', signal)).toBeGreaterThan(100_000);
    await changeLimits(platform, 'mimir', dev, { max_global_series_per_user: 1 }, { signal, note });
    const beyond = await sent(platform, dev, { name: 'beyond', signal: 'metrics', via: 'backend', series: 100 });
    expect(await reckoned(platform, dev, beyond, 3000), 'beyond').toMatchObject({ acknowledged: 1000, stored: 0, lost: 1000, foreign: 0 });
    await expect(changeLimits(platform, 'tempo', dev, { ingestion: { rate_limit_byte: 1 } }, { signal, note }))
      .rejects.toMatchObject({ problem: { code: 'PL-LIMIT-UNKNOWN', seen: 'ingestion.rate_limit_byte', next: 'did you mean ingestion.rate_limit_bytes?' } });
    await expect(changeLimits(platform, 'loki', prod, { ingestion_rate_mb: 'much' }, { signal, note })).rejects.toMatchObject({ problem: { code: 'PL-LIMIT-REFUSED' } });
    // What was refused is gone again, so that the next change is taken.
    expect(await changeLimits(platform, 'loki', prod, { ingestion_rate_mb: 3 }, { signal, note })).toBeGreaterThan(0);
  });
});
