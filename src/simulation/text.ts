import { evidenceTable } from '../reports/evidence-table.ts';
import { duration, hanging } from '../reports/style.ts';
import type { Style } from '../reports/style.ts';
import { chartOf } from './chart.ts';
import { round } from './growth.ts';
import type { Change, Point, Simulation } from './result.ts';

/** A simulation as a person reads it: what was measured, how it grows, then what was wrong and the sum. */
export function simulationText(simulation: Simulation, style: Style, quiet = false): string {
  const { points, growth, varied } = simulation;
  const charts = quiet ? [] : growth.map((one) => chartOf(one, varied, style.columns)).filter((chart) => chart !== '');
  const blocks = [
    `${style.colors.bold(`Target allocator ${simulation.allocator}, ${simulation.strategy}`)}${constant(simulation)}\n${table(simulation, style)}\nIn parentheses: the least that have to move.`,
    ...charts,
    growth.map(({ says }) => hanging(says, 2, style.columns)).join('\n'),
    points.flatMap((point) => wrong(point, style)).join('\n'),
    total(simulation, style),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function constant({ points, varied, missing }: Simulation): string {
  const same = varied === 'nodes' ? `${points[0]?.targets ?? 0} targets` : `${points[0]?.nodes ?? 0} nodes`;
  return `, ${same}${missing === 0 ? '' : `, ${missing} without a collector`}`;
}

function table({ points, varied }: Simulation, style: Style): string {
  const rows = points.map((point) => ({
    [varied]: point[varied], assigned: seconds(point.assignSeconds), reassigned: seconds(point.changes.join?.seconds),
    'peak MiB': point.memory?.peakMiB, 'live MiB': point.memory?.liveMiB, 'most on one': point.most,
    'moves: join': moved(point.changes.join), leave: moved(point.changes.leave), restart: moved(point.changes.restart), load: point.load,
  }));
  return evidenceTable({ what: 'points', data: rows, shape: 'table' }, style);
}

function seconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${round(value)} s`;
}

function moved(change: Change | undefined): string | undefined {
  return change && `${change.moves} (${change.least})`;
}

function wrong(point: Point, { colors, columns }: Style): readonly string[] {
  const place = `${point.nodes} nodes, ${point.targets} targets`;
  const sentences = point.faults.map(({ what, count, some, when }) => ({ when, text: `${count} ${what}: ${some.join(', ')}${count > some.length ? ', …' : ''}` }));
  // What a change neither made nor mended is said once.
  const faults = [...Map.groupBy(sentences, ({ text }) => text)].map(([text, said]) => `${place}, ${said.map(({ when }) => moments[when]).join(', ')}: ${text}`);
  const ended = point.ended ? [`${place}, ${moments[point.ended.when]}: the allocator ${point.ended.how}`] : [];
  return [...faults, ...ended].map((line) => `${colors.red('FAIL')}  ${hanging(line, 6, columns)}`);
}

const moments = { start: 'after the start', restart: 'after a restart', join: 'after a collector joined', leave: 'after one left' } as const;

function total({ run, points }: Simulation, { colors }: Style): string {
  const end = `${points.length} points in ${duration(run.durationMs)} (exit ${run.exitCode})`;
  return run.exitCode === 0
    ? `${colors.green('Each target was assigned exactly once at every moment')}: ${end}`
    : `${colors.red('Not every target was assigned exactly once')}: ${end}`;
}
