import { expect, test } from 'vitest';
import { changeLimits, limitInForce, settledLedger } from '../../../helpers/index.ts';
import type { FlowSignal, FlowState } from '../../../helpers/index.ts';
import { note, onPlatform, reckoned, sent, signal } from './platform.ts';

/**
 * The ledger on real backends, with faults planted on purpose: what it calls lost, doubled, foreign or late must be that, and
 * nothing else. One platform for all of it.
 */
const signals: readonly FlowSignal[] = ['metrics', 'logs', 'traces'];

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
