/** DL-2: what counters say of a number of requests that is known. */
import type { Finding } from '../../helpers/index.ts';

/** A counter's sum over all series that a query finds, each series by its labels. */
export interface Counter {
  /** Whose counter it is and how it got to Mimir: `orders' own, scraped`. */
  readonly what: string;
  readonly query: string;
  readonly series: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** Of all series; a counter that is not there counts nothing. */
export function sumOf({ series }: Counter): number {
  return series.reduce((sum, { value }) => sum + value, 0);
}

/** Whether waiting is over: every counter is there, or one has gone beyond and never comes back. */
export function decided(requests: number, counters: readonly Counter[]): boolean {
  const sums = counters.map(sumOf);
  return sums.every((sum) => sum === requests) || sums.some((sum) => sum > requests);
}

/** Each counter equals the requests that were made, to the last one. */
export function judgeCounters(requests: number, counters: readonly Counter[]): Finding {
  const wrong = counters.filter((one) => sumOf(one) !== requests);
  const [first] = wrong;
  const said = (one: Counter): string => `${one.what} ${sumOf(one)}`;
  return {
    holds: wrong.length === 0 && counters.length > 0,
    expected: `${requests} requests in each of ${counters.length} counters`,
    observed: wrong.length === 0 ? `${requests} requests; ${counters.map(said).join(', ')}` : `${requests} requests; wrong: ${wrong.map(said).join(', ')}`,
    ...(first ? { cause: causeOf(requests, first) } : {}),
    evidence: counters.map((one) => ({ what: `Mimir: ${one.query}`, data: one.series })),
  };
}

/** Series that each count every request are copies; they differ in the labels that say who scraped. */
function causeOf(requests: number, { what, series }: Counter): string {
  if (series.length === 0) return `${what} is not in Mimir`;
  const whole = series.filter(({ value }) => value === requests);
  if (whole.length < 2) return `${what}: ${series.map(({ value }) => value).join(' + ')} in ${series.length} series`;
  const differing = Object.keys(whole[0]?.labels ?? {}).filter((label) => new Set(whole.map(({ labels }) => labels[label])).size > 1);
  return `${what} is there ${whole.length} times, by ${differing.map((label) => `${label} ${whole.map(({ labels }) => labels[label]).join(' and ')}`).join(', ') || 'series that look alike'}`;
}
