import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { changed, clean } from '../lint/samples.ts';

const launcher = join(import.meta.dirname, '../../../plumbline');
const ill = changed('memory_limiter, k8sattributes, filter', 'k8sattributes, memory_limiter, filter');
const warned = changed(/ {4}headers.*\n/, '');

let folder = '';
let stdout = '';
let stderr = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-lint-'));
  stdout = stderr = '';
  vi.stubEnv('PLUMBLINE_REPORTER', undefined);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((stderr += String(text)), true));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe('plumbline lint', () => {
  it.each([[clean, [], 0], [ill, [], 1], [warned, [], 0], [warned, ['--strict'], 1], ['a: [', [], 1], [`${clean}b: [`, [], 1], ['kind: Service', [], 0]])('ends with the code of what it finds (%#)', async (text, flags, code) => {
    expect(await main(['lint', file('c.yaml', text), ...flags])).toBe(code);
    expect(stdout).toContain(`(exit ${code})`);
    expect(stderr).toBe('');
  });

  it('of a file that is not there is wrong use, and judges nothing', async () => {
    expect(await main(['lint', file('c.yaml', ill), join(folder, 'none.yaml')])).toBe(2);
    expect(stderr).toContain('PL-FILE-MISSING');
    expect(stdout).toBe('');
  });

  it('without a file is wrong use', async () => {
    expect(await main(['lint'])).toBe(2);
    expect(stderr).toContain('PL-USAGE');
  });

  it('takes folders with what is below them, each file once, and follows no link', async () => {
    const named = file('in/b.yml', ill);
    file('in/deep/a.yaml', warned);
    file('in/node_modules/x.yaml', ill);
    file('in/notes.txt', ill);
    symlinkSync(folder, join(folder, 'in', 'loop'));
    expect(await main(['lint', join(folder, 'in'), named, named, '--json'])).toBe(1);
    const printed = JSON.parse(stdout) as { findings: { file: string }[] };
    expect(printed).toMatchObject({ schemaVersion: 1, exitCode: 1, files: 2, configurations: 2, notes: [] });
    expect(printed.findings.map((one) => one.file)).toEqual([join(folder, 'in/b.yml'), join(folder, 'in/deep/a.yaml')]);
  });

  it.each([
    ['junit', /^<\?xml[^]*failures="1"/], ['github', /^::error file=[^\n]*c\.yaml,line=21,col=35,/], ['ndjson', /^\{"rule":"limiter-not-first"/], ['plain', /c\.yaml:21:35 {2}error/],
  ])('reports as %s', async (reporter, expected) => {
    expect(await main(['lint', file('c.yaml', ill), '--reporter', reporter])).toBe(1);
    expect(stdout).toMatch(expected);
  });

  it('lets a variable that is meant for runs be', async () => {
    vi.stubEnv('PLUMBLINE_REPORTER', 'live');
    expect(await main(['lint', file('c.yaml', clean)])).toBe(0);
  });
});

it('plumbline lint really reads standard input and ends with 1, also where others read its output', () => {
  const { status, stdout: text } = spawnSync(launcher, ['lint', '-', '-q'], { input: ill, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(text).toContain('<stdin>:21:35  error  limiter-not-first');
});

it('1,000 files take a small multiple of what it takes to parse them', () => {
  const texts = Array.from({ length: 1000 }, (_, n) => `${n % 2 === 0 ? clean : ill}---\nkind: Service\n`);
  for (const [n, text] of texts.entries()) file(`many/${n}.yaml`, text);
  const timed = (work: () => void): number => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  };
  let text = '';
  const linting = timed(() => void ({ stdout: text } = spawnSync(launcher, ['lint', join(folder, 'many'), '--quiet'], { encoding: 'utf8' })));
  const parsing = timed(() => texts.forEach((one) => parseAllDocuments(one)));
  expect(text).toContain('500 errors in 1000 configurations of 1000 files (exit 1)');
  // Measured: 2 on a calm machine. The bound is for what else goes on while one of the two runs.
  expect(linting / parsing).toBeLessThan(8);
});
