import { hanging, oneLine, printable } from '../reports/style.ts';
import type { Style } from '../reports/style.ts';
import { seenLive } from './finding.ts';
import type { Finding, Linted } from './finding.ts';

/**
 * Findings as a person reads them: place, severity, rule and what is wrong; below it why, what to do and where to see it live.
 *
 * @param quiet the first lines only
 * @param exitCode what the verb will end with
 */
export function findingsText(linted: Linted, quiet: boolean, exitCode: number, style: Style): string {
  const { colors } = style;
  const notes = quiet ? [] : linted.notes.map(({ file, note }) => `${colors.dim('note')}  ${oneLine(file)}: ${note}`);
  const blocks = quiet ? [linted.findings.map((one) => headline(one, style)).join('\n')] : linted.findings.map((one) => explained(one, style));
  return `${[...blocks, notes.join('\n'), findingsSummary(linted, exitCode, style)].filter((block) => block !== '').join('\n\n')}\n`;
}

function headline({ file, line, column, severity, rule, message }: Finding, { colors }: Style): string {
  const paint = severity === 'error' ? colors.red : colors.yellow;
  return `${colors.bold(`${oneLine(file)}:${line}:${column}`)}  ${paint(severity)}  ${rule}  ${oneLine(message)}`;
}

function explained(finding: Finding, style: Style): string {
  const live = seenLive(finding).map((text) => ['claim', `${finding.claims.join(', ')}, ${text}`] as const);
  const rows = [['why', finding.why], ['fix', finding.fix], ...live] as const;
  return [headline(finding, style), ...rows.map(([name, text]) => `  ${style.colors.dim(name.padEnd(5))}  ${hanging(printable(text), 9, style.columns)}`)].join('\n');
}

/** `2 errors, 1 warning in 3 configurations of 2 files (exit 1)`. */
export function findingsSummary({ findings, configurations, files, allowed }: Linted, exitCode: number, { colors }: Style): string {
  const [errors, warnings] = (['error', 'warning'] as const).map((severity) => findings.filter((one) => one.severity === severity).length);
  const counted = [counts(errors, 'error'), counts(warnings, 'warning')].filter((text) => text !== '').join(', ') || 'Nothing found';
  const permitted = allowed === 0 ? '' : `; ${allowed} allowed by comments`;
  const paint = exitCode === 0 ? colors.green : colors.red;
  return `${paint(counted)} in ${configurations} ${plural(configurations, 'configuration')} of ${files} ${plural(files, 'file')}${permitted} (exit ${exitCode})`;
}

function counts(count = 0, word: string): string {
  return count === 0 ? '' : `${count} ${plural(count, word)}`;
}

function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}
