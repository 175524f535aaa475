import { expect, test } from 'vitest';
import { reckon } from '../../../../helpers/index.ts';
import { judgeFlood, sharesOf } from '../../../../suites/delivery/flood-judge.ts';
import type { FloodSeen } from '../../../../suites/delivery/flood-judge.ts';

const planned = 1000;

interface Told { readonly stored?: number; readonly refused?: number; readonly tempoCpu?: number; readonly restarts?: number; readonly twice?: boolean }

function seen({ stored = planned, refused = 0, tempoCpu = 10, restarts = 0, twice = false }: Told = {}): FloodSeen {
  const found = Uint32Array.from([...Array.from({ length: stored }, (_, item) => item), ...(twice ? [5] : [])]);
  const taken = planned - refused;
  const parts = (cpu: number, started: number) => [
    { part: 'sender' as const, cpuSeconds: 3 + cpu / 10, memoryMb: 10, restarts: 0 },
    { part: 'collector' as const, cpuSeconds: 1 + cpu / 2, memoryMb: 100, limitMb: 336, restarts: 0 },
    { part: 'tempo' as const, cpuSeconds: 7 + cpu, memoryMb: 200 + cpu, limitMb: 1074, restarts: started },
  ];
  return {
    planned, ratePerSecond: 100, cpus: 2,
    looks: [{ atMs: 0, sent: 0, accepted: 0, parts: parts(0, 0) }, { atMs: 5000, sent: 600, accepted: 500, parts: parts(tempoCpu / 2, 0) }, { atMs: 10_000, sent: planned, accepted: taken, parts: parts(tempoCpu, restarts) }],
    reckoning: reckon({ sent: planned, acknowledged: [[0, taken]], refused: refused > 0 ? [[taken, planned]] : [], firstLook: found, lastLook: found }),
    reading: { seconds: 2, ownCpuSeconds: 1, backendCpuSeconds: 2, peakMb: 230 },
  };
}

test('everything stored once holds, and the nearest to its limit is named', () => {
  expect(judgeFlood(seen())).toMatchObject({
    holds: true, observed: '1000 spans stored once; no part at its limit, tempo the nearest (1.00 of 2 CPUs); the ledger read them in 2.0 s (1.50 of 2 CPUs)',
  });
  expect(judgeFlood(seen({ tempoCpu: 17 })).observed).toContain('the limit is tempo (1.70 of 2 CPUs)');
});

test('what each part took is from the first look to the last, its memory the highest of all', () => {
  expect(sharesOf(seen())).toEqual([
    { part: 'sender', seconds: 10, cpuSeconds: 1, cpus: 0.1, spansPerCpuSecond: 1000, peakMb: 10, limitMb: '', restarts: 0 },
    { part: 'collector', seconds: 10, cpuSeconds: 5, cpus: 0.5, spansPerCpuSecond: 200, peakMb: 100, limitMb: 336, restarts: 0 },
    { part: 'tempo', seconds: 10, cpuSeconds: 10, cpus: 1, spansPerCpuSecond: 100, peakMb: 210, limitMb: 1074, restarts: 0 },
    { part: 'ledger', seconds: 2, cpuSeconds: 3, cpus: 1.5, spansPerCpuSecond: 333, peakMb: 230, limitMb: '', restarts: 0 },
  ]);
});

test('the time line has rates and CPUs between two looks', () => {
  const line = judgeFlood(seen()).evidence.find(({ shape }) => shape === 'time-line')?.data as readonly object[];
  expect(line).toHaveLength(2);
  expect(line[0]).toEqual({ atMs: 5000, spansPerSecond: 100, behind: 100, senderCpus: 0.1, senderMb: 10, collectorCpus: 0.5, collectorMb: 100, tempoCpus: 1, tempoMb: 205 });
});

test.each([
  ['one lost', { stored: 999 }, '1 of 1000 spans not delivered: 0 refused, 0 without an answer, 1 lost'],
  ['refused ones', { stored: 900, refused: 100 }, '100 of 1000 spans not delivered: 100 refused, 0 without an answer, 0 lost'],
  ['one twice', { twice: true }, '1 doubled'],
  ['a restart', { restarts: 1 }, 'tempo was started again 1 times'],
])('%s does not hold', (_, told, observed) => {
  expect(judgeFlood(seen(told))).toMatchObject({ holds: false, observed });
});

test('a flood ended before its time says why', () => {
  expect(judgeFlood({ ...seen({ stored: 1 }), endedEarly: 'Tempo discarded 5 spans' }).cause).toBe('Tempo discarded 5 spans');
});

test('beyond the claim\'s rate the first one that is not carried names the busiest part', () => {
  const step = { planned: 120, stored: 120, acceptedPerSecond: 40, refusal: '', cpus: { sender: 0.1, collector: 0.4, tempo: 0.3 } };
  const ramp = [{ ...step, ratePerSecond: 40, held: true }, { ...step, ratePerSecond: 80, held: false, acceptedPerSecond: 55, refusal: '503: data refused', cpus: { sender: 0.2, collector: 0.9, tempo: 0.8 } }];
  expect(judgeFlood({ ...seen(), ramp }).observed).toMatch(/; 40 a second are carried as well; at 80 the limit is collector \(0\.90 CPUs\) with 55 a second \(503: data refused\)$/);
  expect(judgeFlood({ ...seen(), ramp: ramp.slice(0, 1) }).observed).toMatch(/; 40 a second are carried as well; the limit would be collector \(0\.40 CPUs\)$/);
});
