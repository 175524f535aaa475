/**
 * `npm run bench`: what the README promises of speed and size, measured on this machine: a run of every claim, one of each area that has
 * a bound of its own, and the ledger's. Prints figures and their ratio to the bound; judges nothing, because machines differ.
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
import { providerTimes, readyMs } from './bench-providers.ts';
import { watchMemory } from './watch-memory.ts';
import { watchProcess } from './watch-process.ts';
import type { Watched } from './watch-process.ts';

interface Figure {
  readonly what: string;
  readonly value: number;
  readonly bound: number;
  show(value: number): string;
}

interface Measured {
  readonly report: RunReport;
  readonly events: readonly RunEvent[];
  readonly harness: Watched;
  /** Of everything that the run started, at its highest. */
  readonly platformMb: number;
}

const ms = (value: number): string => prettyMilliseconds(value, { secondsDecimalDigits: 1 });
const mib = (value: number): string => `${value.toFixed(0)} MB`;
const percent = (value: number): string => `${value.toFixed(1)} %`;

/** What can be measured alone: `npm run bench -- delivery ledger`. */
const parts: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  every: async () => everyFigures(await measured([])),
  'tenant-isolation': async () => tenantFigures(await measured(['tenant-isolation'])),
  delivery: async () => deliveryFigures(await measured(['delivery'])),
  'auto-instrumentation': async () => [areaFigure('auto-instrumentation', 240_000, await measured(['auto-instrumentation']))],
  'small-node-oom': async () => [areaFigure('small-node-oom', 300_000, await measured(['small-node-oom']))],
  providers: async () => providerFigures(await providerTimes()),
  nodes: async () => [
    { what: 'fourteen nodes ready', value: await readyMs(14), bound: 10_000, show: ms },
    { what: 'fifty nodes ready', value: await readyMs(50, 1), bound: 40_000, show: ms },
  ],
  curve: async () => curveFigures(await measured(['SD-3'])),
  simulation: async () => [{ what: 'simulation of 100,000 targets on 10 to 5,000 nodes', value: await timed(['simulate']), bound: 120_000, show: ms }],
  disk: async () => [await disk()],
};

const wanted = process.argv.slice(2);
const figures: Figure[] = [];
for (const [part, measure] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(part)) figures.push(...await measure());
print(figures);
if (wanted.length === 0 || wanted.includes('ledger')) await execa(process.execPath, [join(packageRoot, 'scripts', 'bench-ledger.ts')], { stdio: 'inherit', reject: false });

/** Milliseconds of a command of Plumbline's own. */
async function timed(words: readonly string[]): Promise<number> {
  const started = performance.now();
  await execa(join(packageRoot, 'plumbline'), words, { stdio: 'inherit' });
  return performance.now() - started;
}

async function measured(selectors: readonly string[]): Promise<Measured> {
  const output = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  try {
    const run = execa(join(packageRoot, 'plumbline'), ['run', ...selectors, '--output', output], { reject: false, stdio: ['ignore', 'inherit', 'inherit'] });
    const [process, memory] = [watchProcess(run.pid ?? 0), watchMemory()];
    await run;
    const [harness, platformMb] = [process.end(), memory.end()];
    const [report, events] = await Promise.all(['report.json', 'events.ndjson'].map((name) => readFile(join(output, name), 'utf8')));
    return { report: JSON.parse(report ?? '') as RunReport, events: (events ?? '').trim().split('\n').map((line) => JSON.parse(line) as RunEvent), harness, platformMb };
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

function everyFigures({ report, events, harness }: Measured): Figure[] {
  const cluster = report.steps.find((step) => step.phase === 'cluster' && step.step.endsWith('3 nodes'));
  const vc1 = events.filter((event) => (event.kind === 'claim.started' || event.kind === 'claim.ended') && event.id === 'VC-1').map((event) => Date.parse(event.at));
  return [
    { what: 'three-node cluster ready', value: cluster?.durationMs ?? NaN, bound: 12_000, show: ms },
    { what: 'four cells of VC-1, images onto the nodes included', value: (vc1.at(-1) ?? NaN) - (vc1[0] ?? NaN), bound: 180_000, show: ms },
    { what: 'every claim: harness process, peak resident memory', value: harness.peakMb, bound: 250, show: mib },
    { what: 'every claim: harness process, median share of one core', value: harness.medianCpuPercent, bound: 10, show: percent },
  ];
}

function tenantFigures(run: Measured): Figure[] {
  const { report, platformMb } = run;
  const started = (name: string): number => report.steps.find((step) => step.phase === 'platform' && step.step.startsWith(`${name} `))?.durationMs ?? NaN;
  return [
    // Grafana comes after the other three, which start side by side.
    { what: 'Mimir, Loki, Tempo and Grafana ready', value: Math.max(...['mimir', 'loki', 'tempo'].map(started)) + started('grafana'), bound: 30_000, show: ms },
    areaFigure('tenant-isolation', 240_000, run),
    { what: 'its platform: memory of Kubernetes and all pods', value: platformMb, bound: 3000, show: mib },
  ];
}

function deliveryFigures(run: Measured): Figure[] {
  const orders = run.report.images.find(({ component }) => component === 'orders');
  return [areaFigure('delivery', 360_000, run), { what: 'image of the Java service', value: (orders?.sizeBytes ?? NaN) / 1e6, bound: 120, show: mib }];
}

function providerFigures({ embedded, k3s }: Awaited<ReturnType<typeof providerTimes>>): Figure[] {
  return [
    { what: 'three nodes ready, embedded', value: embedded.readyMs, bound: 25_000, show: ms },
    { what: 'three nodes ready, k3s', value: k3s.readyMs, bound: 25_000, show: ms },
    // 1.5 times sooner.
    { what: 'the first as a share of the second', value: (100 * embedded.readyMs) / k3s.readyMs, bound: 100 / 1.5, show: percent },
    { what: 'three nodes gone, embedded', value: embedded.goneMs, bound: 5000, show: ms },
    { what: 'three nodes gone, k3s', value: k3s.goneMs, bound: 5000, show: ms },
  ];
}

function curveFigures({ report, platformMb }: Measured): Figure[] {
  return [
    { what: 'growth curve over 1 to 14 nodes, its cluster included', value: report.run.durationMs, bound: 480_000, show: ms },
    { what: 'its nodes and all pods: memory', value: platformMb, bound: 24_000, show: mib },
  ];
}

function areaFigure(area: string, boundMs: number, { report }: Measured): Figure {
  return { what: `the area ${area}, its clusters included`, value: report.run.durationMs, bound: boundMs, show: ms };
}

async function disk(): Promise<Figure> {
  const { stdout } = await execa('du', ['-sm', cacheDir()]);
  return { what: 'cache (binaries, images, build cache)', value: Number(stdout.split('\t')[0]), bound: 10_000, show: mib };
}

function print(figures: readonly Figure[]): void {
  const table = new Table({ head: ['figure', 'measured', 'bound', 'ratio'] });
  for (const { what, value, bound, show } of figures) table.push([what, show(value), show(bound), (value / bound).toFixed(2)]);
  console.log(table.toString());
}
