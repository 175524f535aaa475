import { describe, expect, it } from 'vitest';
import type { Finding, Linted } from '../../../src/lint/finding.ts';
import { lintAnnotations } from '../../../src/lint/github-report.ts';
import { lintJunit } from '../../../src/lint/junit-report.ts';
import { findingsText } from '../../../src/lint/text-report.ts';
import { style } from '../reports/samples.ts';

const error: Finding = {
  rule: 'batch-not-last', severity: 'error', file: 'a/b.yaml', line: 21, column: 20, message: 'batch comes before x', why: 'Because of 80 % <&>.', fix: 'put it last: [x, batch]', claims: ['PO-2', 'SN-1'],
};
const warning: Finding = { ...error, rule: 'tenant-header-unset', severity: 'warning', line: 9, message: 'no tenant' };

function of(findings: readonly Finding[], over: Partial<Linted> = {}): Linted {
  return { files: 3, configurations: 2, judged: ['a/b.yaml', 'clean.yaml'], findings, allowed: 0, notes: [{ file: 'x.yaml', note: 'holds no collector configuration' }], ...over };
}

describe('for a person', () => {
  it('a finding has its place first, then why, the fix and the claim', () => {
    expect(findingsText(of([error]), false, 1, style(120))).toBe(`a/b.yaml:21:20  error  batch-not-last  batch comes before x
  why    Because of 80 % <&>.
  fix    put it last: [x, batch]
  claim  PO-2, SN-1, seen live: plumbline run PO-2 SN-1

note  x.yaml: holds no collector configuration

1 error in 2 configurations of 3 files (exit 1)
`);
  });

  it('a finding that no claim shows live says so by saying nothing', () => {
    const bare = { ...error, claims: [] };
    expect(findingsText(of([bare]), false, 1, style(120))).not.toContain('claim');
    expect([lintJunit(of([bare]), false), lintAnnotations(of([bare]))].join('')).not.toContain('seen live');
  });

  it('quiet is a line a finding', () => {
    expect(findingsText(of([error, warning], { allowed: 2 }), true, 1, style(40))).toBe(
      'a/b.yaml:21:20  error  batch-not-last  batch comes before x\na/b.yaml:9:20  warning  tenant-header-unset  no tenant\n\n1 error, 1 warning in 2 configurations of 3 files; 2 allowed by comments (exit 1)\n',
    );
  });

  it('nothing found says in how much', () => {
    expect(findingsText(of([], { configurations: 0, files: 1, notes: [] }), false, 0, style(80))).toBe('Nothing found in 0 configurations of 1 file (exit 0)\n');
  });

  it('names of a file move no cursor and begin no line', () => {
    const text = findingsText(of([{ ...error, file: 'a\n\u001b[2Jb', message: 'x\u0007\ny' }]), true, 1, style(80));
    expect(text.split('\n')[0]).toBe('a b:21:20  error  batch-not-last  x y');
  });
});

describe('JUnit', () => {
  it('has a failed test for an error, a passed one for a warning, and one for a clean file', () => {
    const xml = lintJunit(of([warning, error]), false);
    expect(xml).toContain('<testsuites tests="3" failures="1"');
    expect(xml).toMatch(/<testcase classname="plumbline.lint" file="a\/b.yaml" name="a\/b.yaml:9:20 tenant-header-unset">\s*<system-out><!\[CDATA\[warning: no tenant/);
    expect(xml).toMatch(/name="a\/b.yaml:21:20 batch-not-last">\s*<failure message="batch comes before x" type="error"><!\[CDATA\[at: a\/b.yaml:21:20\nwhy: Because of 80 % <&>\./);
    expect(xml).toContain('name="clean.yaml keeps every rule"');
  });

  it('fails warnings, too, where they count', () => {
    expect(lintJunit(of([warning, error]), true)).toContain('failures="2"');
  });

  it('names each test once', () => {
    const names = [...lintJunit(of([error, error]), false).matchAll(/ name="([^"]*:21:20[^"]*)"/g)].map((match) => match[1]);
    expect(names).toEqual(['a/b.yaml:21:20 batch-not-last', 'a/b.yaml:21:20 batch-not-last (2)']);
  });
});

describe('GitHub', () => {
  it('has an annotation a finding, on one line, with what a command must not hold in escapes', () => {
    const odd: Finding = { ...warning, file: 'a,b:c%.yaml', message: 'x\r\n::error::y' };
    expect(lintAnnotations(of([error, odd])).split('\n')).toEqual([
      '::error file=a/b.yaml,line=21,col=20,title=plumbline batch-not-last::batch comes before x%0AWhy: Because of 80 %25 <&>.%0AFix: put it last: [x, batch]%0Aseen live: plumbline run PO-2 SN-1',
      '::warning file=a%2Cb%3Ac%25.yaml,line=9,col=20,title=plumbline tenant-header-unset::x%0D%0A::error::y%0AWhy: Because of 80 %25 <&>.%0AFix: put it last: [x, batch]%0Aseen live: plumbline run PO-2 SN-1',
      '',
    ]);
  });
});
