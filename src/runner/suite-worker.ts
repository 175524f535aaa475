/** vitest's setup file: turns each claim that a suite file defines into a test, and hands its result to the runner. */
import { inject, test } from 'vitest';
import { binds } from '../claims/binding.ts';
import { onDefineClaim } from '../claims/claim.ts';
import { onInstalled } from '../claims/installed.ts';
import { judge } from '../claims/judge.ts';
import { deskClient } from './desk-client.ts';

const order = inject('plumbline');
const desk = deskClient(order.socketPath);

const rounds = Array.from({ length: order.repeat }, (_, index) => index + 1);

onDefineClaim((claim) => {
  test.for(rounds)(`${claim.id} ${claim.claim} (%i)`, async (round, { signal, expect }) => {
    const { runId, settings, keep, configured, tenants, collectorConfig, installed } = order;
    const result = await judge(installed ? onInstalled(claim) : claim, {
      runId, settings, keep, round, signal, stage: desk.stage, emit: desk.emit, refuse: desk.refuse, ...(configured ? { configured } : {}), ...(tenants ? { tenants } : {}), ...(collectorConfig ? { collectorConfig } : {}), ...(installed ? { installed } : {}), reproduce: (id) => order.reproduce.replaceAll('{id}', id),
    });
    await desk.handIn(result);
    // What fails here ends a run with --fail-fast.
    if (!binds(claim, order.binding)) return;
    expect(result.verdict, result.reason ?? result.observed).toBe('pass');
  });
});
