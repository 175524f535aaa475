/** AI-3: what injection costs, reckoned from what was measured with the agent and without. Pure: samples in, figures out. */
import { quantile } from '../../helpers/index.ts';
import type { Evidence, Finding } from '../../helpers/index.ts';

/** One thing measured on the pair with agents and on the pair without. */
export interface Cost {
  /** What of whom: `orders: start`. */
  readonly figure: string;
  readonly unit: 's' | 'ms' | 'MiB';
  /** Which of the samples is the figure: 0.5 is their median. */
  readonly quantile: number;
  readonly without: readonly number[];
  readonly with: readonly number[];
}

/** The claim is that the cost is known, not that it is small: it holds where every figure was measured on both. */
export function judgeCosts(costs: readonly Cost[], evidence: readonly Evidence[]): Finding {
  const rows = costs.map(rowOf);
  const missing = rows.filter((row) => !(row.without > 0 && row.with > 0));
  return {
    holds: missing.length === 0 && rows.length > 0,
    expected: 'start, p50, p99 and memory, with the agents and without, in one run',
    observed: missing.length === 0 ? rows.map(textOf).join('; ') : `not measured: ${missing.map(({ figure }) => figure).join(', ')}`,
    evidence: [{ what: 'what injection costs', shape: 'table', headline: true, data: rows }, ...evidence],
  };
}

interface Row { readonly figure: string; readonly unit: string; readonly without: number; readonly with: number; readonly ratio: number; readonly samples: number }

function rowOf({ figure, unit, quantile: share, ...samples }: Cost): Row {
  const [without, withAgent] = [samples.without, samples.with].map((all) => (all.length === 0 ? 0 : quantile([...all], share))) as [number, number];
  return { figure, unit, without: rounded(without), with: rounded(withAgent), ratio: rounded(withAgent / without), samples: Math.min(samples.without.length, samples.with.length) };
}

function textOf({ figure, unit, without, with: withAgent, ratio }: Row): string {
  return `${figure} ${without} → ${withAgent} ${unit} (${ratio}×)`;
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
