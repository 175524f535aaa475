/** AI-3: what injection costs, reckoned from what was measured of each app with and without the agent. */
import { quantile } from '../../helpers/index.ts';
import type { AppName, Evidence, Finding } from '../../helpers/index.ts';

/** One app, once with and once without. */
export interface Measured {
  /** Seconds from the process' start until it serves, of each start. */
  readonly startSeconds: readonly number[];
  /** Milliseconds from when a request was due to its answer. */
  readonly latenciesMs: readonly number[];
  /** Working set of its container, MiB. */
  readonly memoryMi: number;
}

export interface AppCost { readonly app: AppName; readonly plain: Measured; readonly injected: Measured }

const figures = [
  { what: 'start', unit: 's', of: ({ startSeconds }: Measured) => quantile([...startSeconds], 0.5) },
  { what: 'p50', unit: 'ms', of: ({ latenciesMs }: Measured) => quantile([...latenciesMs], 0.5) },
  { what: 'p99', unit: 'ms', of: ({ latenciesMs }: Measured) => quantile([...latenciesMs], 0.99) },
  { what: 'memory', unit: 'MiB', of: ({ memoryMi }: Measured) => memoryMi },
] as const;

/** The claim is that the cost is known, not that it is small: it holds where every figure was measured on both sides. */
export function judgeCosts(costs: readonly AppCost[], evidence: readonly Evidence[]): Finding {
  const rows = costs.flatMap(rowsOf);
  const missing = rows.filter(({ without, with: withAgent }) => !(without > 0 && withAgent > 0));
  return {
    holds: missing.length === 0 && rows.length > 0,
    expected: 'start, p50, p99 and memory of each app, with the agent and without',
    observed: missing.length === 0 ? rows.map(textOf).join('; ') : `not measured: ${missing.map(({ app, figure }) => `${app} ${figure}`).join(', ')}`,
    evidence: [{ what: 'what injection costs, app by app', shape: 'table', headline: true, data: rows }, ...evidence],
  };
}

interface Row { readonly app: string; readonly figure: string; readonly unit: string; readonly without: number; readonly with: number; readonly ratio: number; readonly samples: string }

function rowsOf({ app, plain, injected }: AppCost): readonly Row[] {
  return figures.map(({ what, unit, of }) => {
    const [without, withAgent] = [plain, injected].map((one) => (countOf(what, one) === 0 ? 0 : of(one))) as [number, number];
    return { app, figure: what, unit, without: rounded(without), with: rounded(withAgent), ratio: rounded(withAgent / without), samples: `${countOf(what, plain)} and ${countOf(what, injected)}` };
  });
}

/** How many samples a figure rests on. */
function countOf(figure: string, { startSeconds, latenciesMs }: Measured): number {
  return { start: startSeconds.length, p50: latenciesMs.length, p99: latenciesMs.length }[figure] ?? 1;
}

function textOf({ app, figure, unit, without, with: withAgent, ratio }: Row): string {
  return `${app} ${figure} ${without} → ${withAgent} ${unit} (${ratio}×)`;
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
