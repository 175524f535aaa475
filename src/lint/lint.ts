import { documentsIn } from './documents.ts';
import type { Broken } from './documents.ts';
import { readLintFile } from './files.ts';
import type { LintFile } from './files.ts';
import type { Finding, Linted } from './finding.ts';
import { allowedAt } from './allowed.ts';
import { judge, rules } from './rules.ts';

/** Lints files one after the other: none of them is kept in memory. @throws PlumblineError PL-FILE-MISSING */
export async function lint(files: readonly LintFile[], input: NodeJS.ReadableStream = process.stdin): Promise<Linted> {
  const each: Linted[] = [];
  for (const file of files) each.push(lintText(file, await readLintFile(file.path, input)));
  return {
    files: each.length,
    configurations: sum(each.map(({ configurations }) => configurations)),
    judged: each.flatMap(({ judged }) => judged),
    findings: each.flatMap(({ findings }) => findings),
    allowed: sum(each.map(({ allowed }) => allowed)),
    notes: each.flatMap(({ notes }) => notes),
  };
}

/** Lints a text as the file of that name. Never throws for what the text holds. */
export function lintText({ path, named }: LintFile, text: string): Linted {
  const file = path === '-' ? '<stdin>' : path;
  const { configurations, broken } = documentsIn(text, named);
  // Templates are found in every chart; who names one wants to know.
  const unread = broken.filter(({ template }) => named || !template);
  const findings = [...unread.map((one) => notYaml(file, one)), ...configurations.flatMap((configuration) => judge(configuration).map((found): Finding => {
    const { at, ...rest } = found;
    return { ...rest, file, ...configuration.source.place(at), ...reasons(found.rule) };
  }))].toSorted((a, b) => a.line - b.line || a.column - b.column);
  const kept = findings.filter((finding) => !allowedAt(text, finding));
  return {
    files: 1, configurations: configurations.length, judged: configurations.length + unread.length > 0 ? [file] : [],
    findings: kept, allowed: findings.length - kept.length, notes: notesOf(file, named, configurations.length, broken),
  };
}

function notYaml(file: string, { place, message, template }: Broken): Finding {
  const fix = template ? 'lint what its template engine makes of it: helm template … | plumbline lint -' : 'mend it; between [ ] and { } a ${…} needs quotes';
  return { rule: 'not-yaml', severity: 'error', file, ...place, message: `no YAML: ${message}`, fix, ...reasons('not-yaml') };
}

function reasons(rule: keyof typeof rules): Pick<Finding, 'why' | 'claims'> {
  const { why, claims } = rules[rule];
  return { why, claims };
}

function notesOf(file: string, named: boolean, configurations: number, broken: readonly Broken[]): Linted['notes'] {
  if (!named && broken.some(({ template }) => template)) return [{ file, note: 'a template, which is no YAML yet: not linted' }];
  return named && configurations === 0 && broken.length === 0 ? [{ file, note: 'holds no collector configuration' }] : [];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
