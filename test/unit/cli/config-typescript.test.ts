import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SettingRow } from '../../../src/cli/setting-rows.ts';

let folder = '';
beforeEach(() => void (folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumbline-config-')))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string, name: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** As the launcher calls it, for node alone strips types and finds `plumbline`. */
function plumbline(...words: readonly string[]) {
  const { PLUMBLINE_KEEP: _, ...env } = process.env;
  return spawnSync(process.execPath, [main, ...words], { cwd: folder, encoding: 'utf8', env: { ...env, PLUMBLINE_IMAGES: 'build' } });
}

describe('plumbline.config.ts', () => {
  const ts = (body: string): string => write(`import { defineConfig } from 'plumbline';\nconst many: number = 2;\nexport default defineConfig({\n${body}\n});\n`, 'plumbline.config.ts');

  it('is imported without a package beside it, and each value\'s origin is told', () => {
    ts('  versions: { collector: "0.131.0" },\n  repeat: many, quiet: true,\n  set: { "collector.version": "0.128.0" },');
    const { stdout, stderr } = plumbline('config', '--json', '--set', 'nodes=2');
    expect(stderr).toBe('');
    const rows = (JSON.parse(stdout) as SettingRow[]).map(({ name, value, origin }) => `${name} = ${String(value)} (${origin})`);
    expect(rows).toEqual(expect.arrayContaining([
      'images = build (PLUMBLINE_IMAGES)', 'provider = auto (default)', 'repeat = 2 (plumbline.config.ts:5)', 'quiet = true (plumbline.config.ts:5)',
      'set.nodes = 2 (--set)', 'set.collector.version = 0.128.0 (plumbline.config.ts:6)', 'versions.collector = 0.131.0 (plumbline.config.ts:4)',
    ]));
  });

  it.each([
    ['  repeet: many,', 'PL-CONFIG-UNKNOWN-KEY', ':4: repeet'],
    ['  collector: {\n    retri: true },', 'PL-CONFIG-UNKNOWN-KEY', ':5: collector.retri'],
    ['  repeat: many many,', 'PL-CONFIG-TYPESCRIPT', ':4: '],
    ['  repeat: (undefined as any).x,', 'PL-CONFIG-TYPESCRIPT', ':4: Cannot read properties'],
  ])('with %j is refused with its line and no stack', (body, code, seen) => {
    ts(body);
    const { status, stderr } = plumbline('config');
    expect([status, stderr.replaceAll(/\n {12}/g, ' ')]).toEqual([2, expect.stringMatching(new RegExp(`^${code}\n[^]*plumbline.config.ts${seen}`))]);
    expect(stderr).not.toContain('    at ');
  });

  it('is typed', () => {
    const path = write('import { defineConfig } from "plumbline";\nexport default defineConfig({ provider: "embedded", versions: { colector: "1" } });\n', 'typed.ts');
    const options = { compilerOptions: { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, erasableSyntaxOnly: true, types: [], paths: { plumbline: [fileURLToPath(new URL('../../../src/cli/define-config.ts', import.meta.url))] } }, files: [path] };
    const project = write(JSON.stringify(options), 'tsconfig.json');
    expect(() => execFileSync(process.execPath, [fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url)), '-p', project], { encoding: 'utf8' })).toThrow(
      expect.objectContaining({ stdout: expect.stringMatching(/typed\.ts\(2,\d+\): error TS\d+: .*'colector' does not exist/) }) as Error,
    );
  });
});
