/**
 * `npm run bench`: what the README promises of speed and size, measured on this machine in one run. Prints figures and the
 * ratio to their bound; judges nothing, because machines differ.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { execa } from 'execa';
import prettyMilliseconds from 'pretty-ms';
import type { RunReport } from '../src/reports/report.ts';
import type { RunEvent } from '../src/run/events.ts';
import { cacheDir, packageRoot } from '../src/run/paths.ts';
import { watchProcess } from './watch-process.ts';

interface Figure {
  readonly what: string;
  readonly value: number;
  readonly bound: number;
  show(value: number): string;
}

const ms = (value: number): string => prettyMilliseconds(value, { secondsDecimalDigits: 1 });
const mib = (value: number): string => `${value.toFixed(0)} MB`;
const percent = (value: number): string => `${value.toFixed(1)} %`;

const output = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
try {
  const run = execa(join(packageRoot, 'plumbline'), ['run', '--output', output], { reject: false, stdio: ['ignore', 'inherit', 'inherit'] });
  const watched = watchProcess(run.pid ?? 0);
  await run;
  const report = JSON.parse(await readFile(join(output, 'report.json'), 'utf8')) as RunReport;
  const { peakMb, medianCpuPercent } = watched.end();
  print([
    ...figures(report, (await readFile(join(output, 'events.ndjson'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as RunEvent)),
    { what: 'harness process: peak resident memory', value: peakMb, bound: 250, show: mib },
    { what: 'harness process: median share of one core', value: medianCpuPercent, bound: 10, show: percent },
    await disk(),
  ]);
} finally {
  await rm(output, { recursive: true, force: true });
}

function figures(report: RunReport, events: readonly RunEvent[]): Figure[] {
  const cluster = report.steps.find((step) => step.phase === 'cluster');
  const vc1 = events.filter((event) => (event.kind === 'claim.started' || event.kind === 'claim.ended') && event.id === 'VC-1').map((event) => Date.parse(event.at));
  return [
    { what: 'three-node cluster ready', value: cluster?.durationMs ?? NaN, bound: 12_000, show: ms },
    { what: 'four cells of VC-1, images onto the nodes included', value: (vc1.at(-1) ?? NaN) - (vc1[0] ?? NaN), bound: 180_000, show: ms },
  ];
}

async function disk(): Promise<Figure> {
  const { stdout } = await execa('du', ['-sm', cacheDir()]);
  return { what: 'cache (binaries, images, build cache)', value: Number(stdout.split('\t')[0]), bound: 10_000, show: mib };
}

function print(all: readonly Figure[]): void {
  const table = new Table({ head: ['figure', 'measured', 'bound', 'ratio'] });
  for (const { what, value, bound, show } of all) table.push([what, show(value), show(bound), (value / bound).toFixed(2)]);
  console.log(table.toString());
}
