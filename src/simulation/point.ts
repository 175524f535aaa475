import { loadavg } from 'node:os';
import { lastLinesOf } from '../processes/start.ts';
import type { Step } from '../run/context.ts';
import { moves } from './assignment.ts';
import { leastOnJoin, leastOnLeave } from './least.ts';
import type { Size } from './options.ts';
import type { Change, Point, When } from './result.ts';
import type { Settled } from './settled.ts';
import { Stage } from './stage.ts';
import type { Ground } from './stage.ts';

/** A point as far as it has come. */
type Draft = { -readonly [Key in keyof Point]: Point[Key] };

/** Takes a point through start, restart, a collector more and one less, and answers what was seen of it. */
export async function measurePoint(ground: Ground, size: Size, step: Pick<Step, 'note'>): Promise<Point> {
  const started = performance.now();
  const point: Draft = { ...size, changes: {}, faults: [], load: 0, durationMs: 0 };
  let when: When = 'start';
  const seen = async (now: When, settling: () => Promise<Settled>): Promise<Settled> => {
    when = now;
    const settled = await settling();
    point.faults = [...point.faults, ...settled.faults.map((fault) => ({ ...fault, when }))];
    return settled;
  };
  await using stage = new Stage(ground, size, step);
  try {
    await measure(stage, ground.options.strategy, point, seen);
  } catch (thrown) {
    const end = stage.ended();
    if (!end) throw thrown;
    point.ended = { when, how: `${end.how}${await lastWord(end.logFile)}` };
  }
  return { ...point, load: Math.round((loadavg()[0] ?? 0) * 10) / 10, durationMs: Math.round(performance.now() - started) };
}

type See = (when: When, settling: () => Promise<Settled>) => Promise<Settled>;

async function measure(stage: Stage, strategy: Ground['options']['strategy'], point: Draft, see: See): Promise<void> {
  const first = await see('start', () => stage.start());
  const memory = { peakMiB: await stage.peakMiB(), liveMiB: await stage.liveMiB() };
  Object.assign(point, { assignSeconds: first.seconds, most: first.assignment.most(), memory });
  const second = await see('restart', () => stage.restart());
  point.assignSeconds = Math.min(first.seconds, second.seconds);
  point.changes = { restart: change(first, second, 0) };
  const joined = await see('join', () => stage.collectorJoins());
  point.changes = { ...point.changes, join: change(second, joined, leastOnJoin(strategy, point.targets, stage.collectors)) };
  const { leaver } = stage;
  const left = await see('leave', () => stage.collectorLeaves());
  point.changes = { ...point.changes, leave: change(joined, left, leastOnLeave(strategy, joined.assignment, leaver)) };
  point.memory = { ...memory, peakMiB: Math.max(memory.peakMiB, await stage.peakMiB()) };
}

function change(before: Settled, after: Settled, least: number): Change {
  return { moves: moves(before.assignment, after.assignment), least, seconds: after.seconds };
}

/** Why a Go program ended: the line that says so comes before the stacks of all that it was doing. */
async function lastWord(logFile: string): Promise<string> {
  const lines = await lastLinesOf(logFile, Number.MAX_SAFE_INTEGER);
  const reason = lines.find((line) => /^(panic|fatal error):/.test(line)) ?? lines.at(-1);
  return reason === undefined ? '' : `: ${reason}`;
}
