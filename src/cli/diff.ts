import { readFile, stat, writeFile } from 'node:fs/promises';
import { PlumblineError, exitCodes, lastCause } from '../errors.ts';
import { baselineText, notReport, parseComparable } from '../reports/comparable.ts';
import type { Comparable } from '../reports/comparable.ts';
import { diffText } from '../reports/diff-text.ts';
import { diffReports } from '../reports/diff.ts';
import { styleOf } from '../reports/style.ts';
import { outputFiles, shortPath } from './output.ts';

interface Flags {
  readonly writeBaseline?: string;
  readonly json?: boolean;
  readonly color?: boolean;
}

/**
 * `plumbline diff`: what differs between two runs, or writes what one is compared by. Exit 1 where something that decides got worse.
 *
 * @throws PlumblineError PL-USAGE, PL-REPORT-UNREADABLE, PL-OUTPUT-UNUSABLE
 */
export async function diff(named: readonly string[], { writeBaseline, json, color }: Flags): Promise<number> {
  const wanted = writeBaseline === undefined ? 2 : 1;
  if (named.length !== wanted) throw wrongNumber(wanted, named);
  const [first, second] = await Promise.all(named.map(readReport)) as [Comparable, Comparable];
  if (writeBaseline !== undefined) return write(writeBaseline, first);
  const found = diffReports(first, second);
  process.stdout.write(json === true ? `${JSON.stringify({ schemaVersion: 1, ...found }, undefined, 2)}\n` : diffText(found, styleOf(process.stdout, color ?? true)));
  return found.worse ? exitCodes.broken : exitCodes.kept;
}

async function readReport(name: string): Promise<Comparable> {
  try {
    const path = (await stat(name)).isDirectory() ? outputFiles(name).report : name;
    return parseComparable(await readFile(path, 'utf8'), path);
  } catch (thrown) {
    throw thrown instanceof PlumblineError ? thrown : notReport(name, lastCause(thrown), thrown);
  }
}

async function write(path: string, report: Comparable): Promise<number> {
  await writeFile(path, baselineText(report)).catch((cause: unknown) => {
    throw new PlumblineError({ code: 'PL-OUTPUT-UNUSABLE', kind: 'usage', expected: 'a file that can be written', seen: path, next: 'name another with --write-baseline FILE', cause });
  });
  process.stdout.write(`${shortPath(path)} holds ${report.claims.length} ${report.claims.length === 1 ? 'claim' : 'claims'} of run ${report.run.id}: plumbline diff ${shortPath(path)} <report>\n`);
  return exitCodes.kept;
}

function wrongNumber(wanted: number, named: readonly string[]): PlumblineError {
  return new PlumblineError({
    code: 'PL-USAGE', kind: 'usage', expected: wanted === 1 ? 'one report to write a baseline of' : 'two reports, the earlier one first', seen: named.join(' ') || 'none',
    next: 'plumbline diff <report> <report>  or  plumbline diff --write-baseline <file> <report>',
  });
}
