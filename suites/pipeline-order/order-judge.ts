/** PO-1: whether the processors of running collectors are in order. Pure: what lint found in, a finding out. */
import { lintFindingText } from '../../helpers/index.ts';
import type { Finding, LintedConfiguration, LintFinding, NotJudged } from '../../helpers/index.ts';

/** Lint's rules of the order. What it finds beside them is shown, and no matter of this claim. */
export const orderRules: readonly LintFinding['rule'][] = ['limiter-missing', 'limiter-not-first', 'enrichment-after-filter', 'batch-not-last'];

/** Findings of the order alone. */
export function ofOrder(configurations: readonly LintedConfiguration[]): readonly LintFinding[] {
  return configurations.flatMap(({ findings }) => findings).filter(({ rule }) => orderRules.includes(rule));
}

/**
 * Errors break the claim. A warning is an order that is wrong unless something is true that a configuration does not say: it is told.
 * @param userFile the user's own file, where the pipelines come from one
 */
export function judgeOrder(configurations: readonly LintedConfiguration[], userFile?: string): Finding | NotJudged {
  const pipelines = configurations.flatMap((one) => Object.entries(one.pipelines));
  const found = ofOrder(configurations);
  const [wrong, told] = [found.filter(({ severity }) => severity === 'error'), found.filter(({ severity }) => severity === 'warning')];
  if (wrong.length === 0 && pipelines.every(([, processors]) => processors.length < 2)) return { skipped: `each of ${pipelines.length} pipelines has one processor at most: there is no order` };
  const [first] = wrong;
  return {
    holds: first === undefined,
    expected: `${pipelines.length} pipelines with the limiter first, enrichment before what asks for it, and batch last`,
    observed: first ? wrong.map(lintFindingText).join('; ') : [`${pipelines.length} pipelines in order, ${exampleOf(pipelines)}`, ...told.map((one) => `warning: ${lintFindingText(one)}`)].join('; '),
    ...(first ? { cause: `${first.why} The fix: ${first.fix}${userFile === undefined ? '' : `; the lines of your own file: plumbline lint ${userFile}`}` } : {}),
    evidence: [
      { what: 'what lint finds of the order, in the configuration that collectors run with', shape: 'table', data: found.map(row) },
      { what: 'processors by pipeline', data: configurations.map(({ file, pipelines: all }) => ({ file, pipelines: all })) },
      { what: 'what lint finds beside the order', data: configurations.flatMap(({ findings }) => findings).filter((one) => !found.includes(one)).map(row) },
    ],
  };
}

/** The longest one says most. */
function exampleOf(pipelines: readonly (readonly [string, readonly string[]])[]): string {
  const [longest] = pipelines.toSorted(([, a], [, b]) => b.length - a.length);
  return longest ? `${longest[0]}: ${longest[1].join(', ')}` : 'none of them there';
}

function row({ file, line, column, severity, rule, message, fix }: LintFinding): Readonly<Record<string, string>> {
  return { line: `${line}:${column}`, severity, rule, message, fix, file };
}
