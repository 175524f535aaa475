/** Whether two runs saw the same. What they saw is a sentence with names and figures of theirs. */

/** What of a measured figure may be another in every run: a tenth. */
const noise = 0.1;

/** Whole numbers below this are counts of targets, nodes or tenants, unless they are seconds: one more is news. */
const counted = 20;

/** Endings that Kubernetes gives: their alphabet has no vowels, no 0, 1 and 3. */
const ending = /-(?:[bcdfghjklmnpqrstvwxz2456789]{8,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;
const address = /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g;
const figure = /\d+(?:[.,]\d+)*(\s?m?s\b)?/g;

/**
 * Whether what was seen differs by more than names and noise.
 * @param runIds of the two runs, which names of theirs carry
 */
export function sawOther(before: string, after: string, runIds: readonly [string, string]): boolean {
  const [a, b] = [sentenceOf(before, runIds[0]), sentenceOf(after, runIds[1])];
  if (a.words !== b.words) return true;
  return a.figures.some((one, index) => !near(one, b.figures[index]));
}

interface Figure {
  readonly value: number;
  readonly exact: boolean;
}

function sentenceOf(text: string, runId: string): { readonly words: string; readonly figures: readonly Figure[] } {
  const named = text.replaceAll(runId, '*').replace(address, '*').replace(ending, '-*');
  const figures = [...named.matchAll(figure)].map(([written, unit = '']): Figure => {
    const value = Number(written.slice(0, written.length - unit.length).replaceAll(',', ''));
    return { value, exact: unit === '' && !written.includes('.') && value < counted };
  });
  return { words: named.replace(figure, (_, unit: string | undefined) => `#${unit ?? ''}`), figures };
}

function near(a: Figure, b: Figure | undefined): boolean {
  if (b === undefined || a.value === b.value) return b !== undefined;
  return !a.exact && !b.exact && Math.abs(a.value - b.value) <= noise * Math.min(a.value, b.value);
}
