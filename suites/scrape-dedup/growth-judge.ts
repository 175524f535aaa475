import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics';
import type { Evidence, Finding } from '../../helpers/index.ts';
import { timing } from './timing.ts';

/** One size of the cluster, in one window. */
export interface GrowthPoint {
  readonly nodes: number;
  readonly targets: number;
  /** Stored in Mimir, of the scrape counter. */
  readonly samples: number;
  /** Targets by intervals. */
  readonly ideal: number;
  readonly windowMs: number;
  /** Of all collectors together. */
  readonly cpuSeconds: number;
  readonly memoryMiB: number;
  /** What targets answered in the window, whoever asked. */
  readonly scrapedBytes: number;
  /** Of every name. */
  readonly series: number;
}

/** Judges the curve of stored samples per ideal one: flat, or growing with the nodes. */
export function judgeGrowth(points: readonly GrowthPoint[]): Finding {
  const factors = points.map((point): [number, number] => [point.nodes, factorOf(point)]);
  const [first, last] = [factors[0], factors.at(-1)];
  if (!first || !last || first === last) throw new Error('a curve takes two sizes');
  const flat = factors.every(([, factor]) => Math.abs(factor - 1) <= timing.curve.tolerance);
  const line = linearRegression(factors);
  const fit = `${line.m.toFixed(2)} more a node (r² ${rSquared(factors, linearRegressionLine(line)).toFixed(2)})`;
  const sizes = points.map(({ nodes }) => nodes).join(', ');
  return {
    holds: flat,
    expected: `on ${sizes} nodes each target stored once an interval: factor 1, ± ${timing.curve.tolerance}`,
    observed: flat
      ? `flat: factor ${last[1].toFixed(2)} on ${last[0]} nodes, ${first[1].toFixed(2)} on ${first[0]}`
      : `grows with the nodes: factor ${factors.map(([nodes, factor]) => `${factor.toFixed(1)} on ${nodes}`).join(', ')}; ${fit}`,
    ...(flat ? {} : { cause: `${points.at(-1)?.samples} samples of ${points.at(-1)?.targets} targets stored in place of ${points.at(-1)?.ideal} on ${last[0]} nodes` }),
    evidence: [curve(points)],
  };
}

function curve(points: readonly GrowthPoint[]): Evidence {
  return {
    what: 'Mimir, targets and collectors: stored samples, and what they cost, over the nodes of the cluster', shape: 'curve', draw: 'factor', headline: true,
    data: points.map((point) => ({
      nodes: point.nodes, targets: point.targets, samples: point.samples, ideal: point.ideal, factor: Number(factorOf(point).toFixed(2)), series: point.series,
      'collectors CPU %': Number((100_000 * point.cpuSeconds / point.windowMs).toFixed(1)), 'collectors MiB': point.memoryMiB, 'scraped kB/s': Number((point.scrapedBytes / point.windowMs).toFixed(1)),
    })),
  };
}

function factorOf({ samples, ideal }: GrowthPoint): number {
  return samples / ideal;
}
