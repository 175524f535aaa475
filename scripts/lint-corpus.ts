import { lintFiles } from '../src/lint/files.ts';
import { lint } from '../src/lint/lint.ts';

/**
 * Lints folders of other people's configurations and counts what is found by rule:
 * `node scripts/lint-corpus.ts "$(go env GOMODCACHE)"`. Whoever changes a rule compares the counts, and looks at what is new.
 */
const folders = process.argv.slice(2);
if (folders.length === 0) {
  process.stderr.write('usage: node scripts/lint-corpus.ts <folder>…\n');
  process.exit(2);
}
const startedAt = performance.now();
const { files, configurations, judged, findings } = await lint(await lintFiles(folders));
const seconds = (performance.now() - startedAt) / 1000;
const counts = Object.entries(Object.groupBy(findings, ({ severity, rule }) => `${severity} ${rule}`)).map(([name, found = []]) => [name, found.length, new Set(found.map(({ file }) => file)).size] as const);
for (const [name, found, inFiles] of counts.toSorted((a, b) => b[1] - a[1])) process.stdout.write(`${String(found).padStart(6)}  ${name} (${inFiles} files)\n`);
process.stdout.write(`${configurations} configurations in ${judged.length} of ${files} files; ${findings.length} findings; ${seconds.toFixed(1)} s\n`);
