import { seenLive } from './finding.ts';
import type { Linted } from './finding.ts';

/** Findings as annotations of GitHub's pull requests, a command a line. GitHub shows the first ten errors and ten warnings of a step. */
export function lintAnnotations({ findings }: Linted): string {
  return findings.map((finding) => {
    const { severity, file, line, column, rule, message, why, fix } = finding;
    const place = `file=${property(file)},line=${line},col=${column},title=${property(`plumbline ${rule}`)}`;
    return `::${severity} ${place}::${data([message, `Why: ${why}`, `Fix: ${fix}`, ...seenLive(finding)].join('\n'))}\n`;
  }).join('');
}

/** What a command's text must not hold (actions/toolkit, core/command). */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
