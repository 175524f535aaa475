import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../../src/cli/completion.ts';
import { capabilities } from '../../../src/cli/host.ts';
import { verdictOf } from '../../../src/cli/doctor.ts';
import { program, verbs } from '../../../src/cli/program.ts';
import { exitCodes } from '../../../src/errors.ts';

const reference = readFileSync(new URL('../../../docs/reference.md', import.meta.url), 'utf8');
const commands = program(async () => undefined).commands;
const rows = reference.split('\n').filter((line) => line.startsWith('| `-'));

describe('docs/reference.md', () => {
  it.each(commands.flatMap((command) => command.options.map((option) => ({ verb: command.name(), option, flag: option.long ?? '' }))))(
    'has $flag of $verb with its variable, choices and default',
    ({ verb, option, flag }) => {
      const columnsOf = (row: string): string[] => row.replaceAll('\\|', '/').split('|').map((column) => column.trim());
      // `--output` is a folder, and a file of init's.
      const named = rows.filter((line) => new RegExp(`${flag}[\`\\[ ]`).test(line)).map(columnsOf);
      // `config` takes the flags of `run`, as its own row says.
      const whose = new RegExp(verb === 'config' ? '\\b(?:run|config)\\b' : `\\b${verb}\\b`);
      const columns = named.find((row) => whose.test(row[5] ?? '')) ?? named[0] ?? [];
      expect(columns[5]).toMatch(whose);
      expect(columns[2]).toBe(option.envVar === undefined ? '' : `\`${option.envVar}\``);
      for (const choice of option.argChoices ?? []) expect(columns[1]).toContain(choice);
      if (typeof option.defaultValue === 'string' || typeof option.defaultValue === 'number') expect(columns[4]).toContain(`\`${option.defaultValue}\``);
    },
  );

  it('has every verb and every exit code', () => {
    for (const verb of Object.keys(verbs)) expect(reference).toMatch(new RegExp(`^\\| \`plumbline ${verb}\\b`, 'm'));
    for (const code of Object.values(exitCodes)) expect(reference).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
  });

  it('names no flag that is not there', () => {
    const known = new Set(['--help', '--version', ...commands.flatMap((command) => command.options.map((option) => option.long ?? ''))]);
    const named = rows.flatMap((row) => row.match(/--[a-z][a-z0-9-]*/g) ?? []);
    expect(named.filter((flag) => !known.has(flag))).toEqual([]);
  });
});

describe('completion', () => {
  /** What bash offers after these words. */
  function offered(...words: string[]): string[] {
    const script = `${completionScript('bash')}\nCOMP_WORDS=(plumbline ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _plumbline; echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.trim().split(' ').filter((word) => word !== '');
  }

  it('offers verbs, the flags of a verb, and the choices of a flag', () => {
    expect(offered('')).toEqual(Object.keys(verbs));
    expect(offered('do')).toEqual(['down', 'doctor']);
    expect(offered('run', '--dr')).toEqual(['--dry-run']);
    expect(offered('down', '--dr')).toEqual([]);
    expect(offered('run', '--reporter', 'p')).toEqual(['plain']);
    expect([offered('lint', '--reporter', 'j'), offered('run', '--reporter', 'j')]).toEqual([['junit'], []]);
    expect(offered('run', '--keep', '=', 'on')).toEqual(['on-failure']);
    expect(offered('run', '--keep', '=')).toEqual(['never', 'on-failure', 'always']);
    expect(offered('completion', 'z')).toEqual(['zsh']);
    expect(offered('versions', 'a')).toEqual(['add']);
  });

  it('has a script for zsh that stands on the same, and one for fish with every flag', () => {
    expect(completionScript('zsh')).toContain('bashcompinit');
    const fish = completionScript('fish');
    for (const command of commands) for (const option of command.options) expect(fish).toContain(`__fish_seen_subcommand_from ${command.name()}' -l ${option.long?.slice(2)}`);
    expect(fish).toContain("__fish_seen_subcommand_from versions' -f -a 'list add'");
  });
});

describe('doctor', () => {
  const can = (name: string, usable: boolean) => ({ name, usable, findings: [] });

  it.each([
    [[true], [false, true], 0],
    [[false, true], [true], 0],
    [[true], [false], 3],
    [[false], [true], 3],
    [[], [], 3],
  ])('with providers %j and image sources %j ends with %i', (providers, sources, code) => {
    const diagnosis = { host: [], providers: providers.map((usable) => can('p', usable)), imageSources: sources.map((usable) => can('s', usable)) };
    expect(verdictOf(diagnosis)).toBe(code);
  });

  it.each([
    ['CapEff:\t000001ffffffffff\n', '41 effective'],
    ['Name:\tx\nCapEff:\t00000000feffffff\n', '31 effective, without CAP_SYS_RESOURCE'],
    ['CapEff:\t0000000000000000\n', 'none'],
    ['', 'not known'],
  ])('reads capabilities of %j', (status, text) => {
    expect(capabilities(status)).toBe(text);
  });
});
