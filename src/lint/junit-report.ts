import { junit, uniqueNames, xmlText } from '../reports/junit.ts';
import { seenLive } from './finding.ts';
import type { Finding, Linted } from './finding.ts';

/**
 * Findings for CI systems: a suite a file, a failed test for each error. A warning passes and says itself, and a file without findings
 * has one test, so that it is seen to have been judged.
 *
 * @param strict whether a warning fails its test as well
 */
export function lintJunit({ judged, findings }: Linted, strict: boolean): string {
  const builder = junit.newBuilder();
  const unique = uniqueNames();
  const byFile = Map.groupBy(findings, ({ file }) => file);
  for (const file of judged) {
    const suite = builder.testSuite().name(xmlText(file));
    const test = (name: string) => suite.testCase().className('plumbline.lint').file(xmlText(file)).name(xmlText(unique(name)));
    const found = byFile.get(file) ?? [];
    if (found.length === 0) test(`${file} keeps every rule`);
    for (const one of found) {
      const failed = one.severity === 'error' || strict;
      const added = test(`${file}:${one.line}:${one.column} ${one.rule}`);
      if (failed) added.failure(xmlText(one.message), one.severity).stacktrace(xmlText(detail(one)));
      else added.standardOutput(xmlText(`${one.severity}: ${one.message}\n${detail(one)}`));
    }
  }
  return builder.build();
}

function detail(finding: Finding): string {
  const { file, line, column, why, fix } = finding;
  return [`at: ${file}:${line}:${column}`, `why: ${why}`, `fix: ${fix}`, ...seenLive(finding)].join('\n');
}
