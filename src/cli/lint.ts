import { exitCodes } from '../errors.ts';
import { lintFiles } from '../lint/files.ts';
import type { Linted } from '../lint/finding.ts';
import { lintAnnotations } from '../lint/github-report.ts';
import { lintJunit } from '../lint/junit-report.ts';
import { lint as lintAll } from '../lint/lint.ts';
import { findingsSummary, findingsText } from '../lint/text-report.ts';
import { styleOf } from '../reports/style.ts';
import type { lintReporterChoices } from './choices.ts';

interface LintFlags {
  readonly json?: boolean;
  readonly reporter?: (typeof lintReporterChoices)[number];
  readonly strict?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
}

/** `plumbline lint`: exit 1 where an error was found, or with --strict anything; else 0. @throws PlumblineError PL-FILE-MISSING */
export async function lint(named: readonly string[], flags: LintFlags): Promise<number> {
  const linted = await lintAll(await lintFiles(named));
  const broken = linted.findings.some(({ severity }) => severity === 'error' || flags.strict === true);
  const exitCode = broken ? exitCodes.broken : exitCodes.kept;
  process.stdout.write(shownAs(linted, exitCode, flags));
  return exitCode;
}

function shownAs(linted: Linted, exitCode: number, { json, reporter = 'auto', strict = false, quiet = false, color = true }: LintFlags): string {
  const style = styleOf(process.stdout, color);
  if (json === true) return `${JSON.stringify({ schemaVersion: 1, exitCode, ...linted }, undefined, 2)}\n`;
  if (reporter === 'ndjson') return linted.findings.map((finding) => `${JSON.stringify(finding)}\n`).join('');
  if (reporter === 'junit') return `${lintJunit(linted, strict)}\n`;
  if (reporter === 'github') return `${lintAnnotations(linted)}${findingsSummary(linted, exitCode, style)}\n`;
  return findingsText(linted, quiet, exitCode, style);
}
