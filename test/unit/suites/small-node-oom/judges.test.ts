import { expect, test } from 'vitest';
import type { Fate, FlowState, MemoryLine, MemoryLook } from '../../../../helpers/index.ts';
import { judgePlacement } from '../../../../suites/small-node-oom/affinity-judge.ts';
import { judgeStop } from '../../../../suites/small-node-oom/graceful-stop-judge.ts';
import incident from '../../../../suites/small-node-oom/incident.suite.ts';
import { faces, judgeIncident } from '../../../../suites/small-node-oom/incident-judge.ts';
import { judgeSize } from '../../../../suites/small-node-oom/sizing-judge.ts';
import { marksOf, timeLine } from '../../../../suites/small-node-oom/time-line.ts';

const limiter = { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 25 };
const look: MemoryLook = {
  atMs: 500, node: { usedMiB: 1900, anonymousMiB: 1700, cacheMiB: 100 }, own: { rssMiB: 1500, heapMiB: 1400, accepted: 9, refused: 1, queued: 7 },
  accepted: 900, refused: 100, restarts: 0, state: { is: 'running', ready: true }, nodeReady: true, hostFreeMiB: 12_000,
};
const line = (kind: Fate['kind'], words: string): MemoryLine => ({ looks: [look], fate: { kind, atMs: 11_000, words }, kernel: [] });
const flow = { sent: 1000, planned: 1000, acceptedItems: 900 } as FlowState;

const incidentOf = (ends: readonly MemoryLine[]) => judgeIncident({
  node: 'node-2', size: { memoryMiB: 2048, othersMiB: 300 }, limiter, load: { ratePerSecond: 20_000, padBytes: 5000 }, seen: ends.map((one, index) => ({ face: faces[index] as (typeof faces)[number], line: one, flow })),
});

test('the incident has two faces; each has to be a death by the node, and another than the expected is said', () => {
  const killed = line('node-limit', 'the node reached its limit and the kernel ended the collector');
  const hang = line('hang', 'hangs: alive, and for 5 s nothing answered');
  expect(incidentOf([killed, hang])).toMatchObject({ holds: true, observed: 'killed: the node reached its limit and the kernel ended the collector after 11.0 s; hang: hangs: alive, and for 5 s nothing answered after 11.0 s' });
  expect(incidentOf([killed, killed])).toMatchObject({ holds: true, observed: expect.stringMatching(/hang: the node reached its limit .* \(in place of hang\)$/) });
  const half = incidentOf([killed, line('own-limit', 'OOMKilled by its container\'s own limit')]);
  expect(half).toMatchObject({ holds: false, cause: expect.stringMatching(/^hang: OOMKilled .*peak 1900 of 2048 MiB/) });
  const survived = incidentOf([line('refusing', 'survived, and refused 10 % of what it was sent'), line('survived', 'survived, and took all that it was sent')]);
  expect(survived.holds).toBe(false);
  expect(`${survived.observed} ${survived.cause}`).toMatch(incident.twin.symptom);
});

test('the marks are those of the container\'s limit, else of the node', () => {
  expect(marksOf(limiter, 1000)).toEqual({ hardMiB: 800, softMiB: 550 });
  expect(marksOf({ limit_mib: 400 }, 1000)).toEqual({ hardMiB: 400, softMiB: 320 });
  expect(marksOf('none', 1000)).toBeUndefined();
  expect(timeLine([look], { limiter, nodeMiB: 2000, limitMiB: 1000 })).toEqual([expect.objectContaining({ atMs: 500, usedMiB: 1900, collectorRssMiB: 1500, collectorHeapMiB: 1400, softMiB: 550, hardMiB: 800, accepted: 900, refused: 100, queuedRequests: 7, restarts: 0 })]);
});

test('a collector on a small node breaks the claim, and so does a large node without one; blind spots are news either way', () => {
  const nodes = [
    { node: 'node-1', memoryMiB: 24_000, collectors: ['collector-a'], pods: ['kube-system/coredns'] },
    { node: 'node-2', memoryMiB: 2048, collectors: [], pods: ['shop/orders', 'shop/db'] },
  ];
  expect(judgePlacement(nodes, 4096)).toMatchObject({ holds: true, observed: '1 nodes have one; blind: node-2 (2048 MiB, 2 pods)', evidence: [{ headline: true, data: [{ node: 'node-2', memoryMiB: 2048, pods: 'shop/orders, shop/db' }] }, {}] });
  expect(judgePlacement(nodes.map((one) => ({ ...one, collectors: ['collector-x'] })), 4096)).toMatchObject({ holds: false, observed: 'collector-x on node-2 (2048 MiB)' });
  expect(judgePlacement(nodes.map((one) => ({ ...one, collectors: [] })), 4096)).toMatchObject({ holds: false, observed: 'none on node-1 (24000 MiB)' });
});

test('what was acknowledged and is not at the backend was lost with the queue', () => {
  const seen = { graceSeconds: 1, flow, takenBefore: 200, usage: undefined, end: { afterMs: 1400, exitCode: 137 } };
  expect(judgeStop({ ...seen, delivered: 300 })).toMatchObject({ holds: false, observed: '600 of 900 acknowledged spans lost, 100 flushed; it ended after 1.4 s with code 137', cause: 'the grace period of 1 s was over with 600 spans in the queue' });
  expect(judgeStop({ ...seen, delivered: 900 })).toMatchObject({ holds: true, observed: '700 spans flushed from its queue, none lost; it ended after 1.4 s with code 137' });
});

test('a size is a limit, a node and what goes with them; without one the last trial says why', () => {
  const trial = { node: 'node-3', nodeMiB: 4096, limitMiB: 128, line: line('own-limit', 'OOMKilled by its container\'s own limit'), flow, delivered: 0, carried: false };
  const load = { spansPerSecond: 5000, spanBytes: 1000, outageSeconds: 5 };
  expect(judgeSize({ load, mostMiB: 128, trials: [trial], size: undefined, floorMiB: 400, limiter })).toMatchObject({ holds: false, observed: expect.stringMatching(/^no limit up to 128 MiB carries 5000 spans/), cause: trial.line.fate.words });
  const found = judgeSize({ load, mostMiB: 256, trials: [trial], size: { limitMiB: 256, node: { node: 'node-2', memoryMiB: 2048 } }, floorMiB: 400, limiter });
  expect(found).toMatchObject({ holds: true, observed: expect.stringMatching(/^256 MiB on a node of 2048 MiB carry/) });
  expect(JSON.stringify(found.evidence)).toContain('"setting":"GOMEMLIMIT","value":"204MiB"');
});
