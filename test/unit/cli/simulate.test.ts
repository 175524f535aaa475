import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { simulate } from '../../../src/cli/simulate.ts';
import { PlumblineError } from '../../../src/errors.ts';
import type { SimulationOptions } from '../../../src/simulation/options.ts';
import type { Simulation } from '../../../src/simulation/result.ts';

let folder = '';
let stdout = '';
let stderr = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'plumbline-simulate-')), 'out');
  stdout = stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((stderr += String(text)), true));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** A simulation that ends so; the command line is what is tested. */
function ending(exitCode: number, heed: (options: SimulationOptions) => void = () => undefined) {
  return async () => async (options: SimulationOptions, emit: (event: { kind: 'warning'; message: string }) => void): Promise<Simulation> => {
    heed(options);
    emit({ kind: 'warning', message: 'at work' });
    const run = { id: options.runId, command: options.command, startedAt: '2026-01-01T00:00:00.000Z', durationMs: 1, exitCode };
    return { schemaVersion: 1, run, allocator: options.allocator, strategy: options.strategy, missing: options.missing, varied: 'nodes', machine: { cores: 2, memoryBytes: 1 }, points: [], growth: [] };
  };
}

it('answers the exit code, and keeps figures and events', async () => {
  expect(await simulate([], { output: folder, reporter: 'plain' }, ending(1))).toBe(1);
  expect(readdirSync(folder).toSorted()).toEqual(['events.ndjson', 'simulation.json']);
  expect(JSON.parse(readFileSync(join(folder, 'simulation.json'), 'utf8'))).toMatchObject({ schemaVersion: 1, strategy: 'per-node' });
  expect(stdout).toContain('Not every target was assigned exactly once');
});

it('takes the newest allocator and the usual sizes where nothing else is asked for', async () => {
  let asked: SimulationOptions | undefined;
  await simulate([], { output: folder }, ending(0, (options) => (asked = options)));
  expect(asked).toMatchObject({ nodes: [10, 50, 200, 1000, 5000], targets: [100_000], missing: 0, allocator: expect.stringMatching(/^0\.\d+\.\d+$/) });
});

it('--json: nothing but JSON on stdout, and progress beside it', async () => {
  expect(await simulate([], { output: folder, json: true, reporter: 'plain' }, ending(0))).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ run: { exitCode: 0 } });
  expect(stderr).toContain('at work');
});

it('leaves no folder after wrong use', async () => {
  const wrong = new PlumblineError({ code: 'PL-USAGE', kind: 'usage', expected: 'a', seen: 'b', next: 'c' });
  await expect(simulate([], { output: folder }, async () => () => Promise.reject(wrong))).rejects.toBe(wrong);
  expect(existsSync(folder)).toBe(false);
});

it.each([['--nodes', '9'], ['--nodes', '10,5001'], ['--nodes', '10;20'], ['--targets', '200001'], ['--strategy', 'round-robin'], ['--missing', 'two']])('refuses %s %s', async (flag, value) => {
  expect(await main(['simulate', flag, value])).toBe(2);
  expect(stderr).toContain(value);
});

it.each([[['--nodes', '10,20', '--targets', '100,200'], 'so that growth has one cause'], [['--allocator', '0.1.0'], 'PL-VERSION-UNKNOWN']])('refuses %j before anything is made', async (words, says) => {
  expect(await main(['simulate', ...words, '--output', folder])).toBe(2);
  expect(stderr).toContain(says);
  expect(existsSync(folder)).toBe(false);
});
