import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { run } from '../../../src/cli/run.ts';
import type { Runner } from '../../../src/cli/runner.ts';
import { up } from '../../../src/cli/up.ts';
import { PlumblineError } from '../../../src/errors.ts';
import { runReportSchema } from '../../../src/reports/report.ts';
import type { RunReport } from '../../../src/reports/report.ts';
import { at, claim, report } from '../reports/samples.ts';

let folder = '';
let stdout = '';
let stderr = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-run-'));
  stdout = stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((stderr += String(text)), true));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const started = at(0, { kind: 'run.started', runId: 'ab12cd', command: './plumbline run' });
const ended = at(3, { kind: 'claim.ended', id: 'SD-1', verdict: 'pass', observed: '12 targets', durationMs: 3 });

/** A runner whose runs go as `judge` says; the command line is what is tested. */
function runner(judge: Runner['runClaims']): () => Promise<Runner> {
  const unused = () => Promise.reject(new Error('not called'));
  return async () => ({ runClaims: judge, planRun: unused, up: unused });
}

function written(output: string): RunReport {
  return runReportSchema.parse(JSON.parse(readFileSync(join(output, 'report.json'), 'utf8')));
}

const environmentProblem = new PlumblineError({ code: 'PL-CLUSTER-NOT-READY', kind: 'environment', expected: 'ready', seen: 'not', next: 'wait' });
const usageProblem = new PlumblineError({ code: 'PL-CLAIM-UNKNOWN', kind: 'usage', expected: 'SD-1', seen: 'SD-9', next: 'list' });

it('answers the exit code of the report and writes every file', async () => {
  const judged = report([claim({ verdict: 'fail' })]);
  const output = join(folder, 'out');
  const code = await run([], { output, reporter: 'plain' }, runner(async (_options, reporter) => (reporter.event(started), judged)));
  expect(code).toBe(1);
  expect(readdirSync(output).toSorted()).toEqual(['events.ndjson', 'junit.xml', 'report.json']);
  expect(written(output)).toEqual(judged);
  expect(stdout).toContain('FAIL  SD-1');
  expect(stdout).toContain('Reports: ');
});

it('keeps what was judged when the environment fails in the middle', async () => {
  const output = join(folder, 'out');
  const failing = runner(async (_options, reporter) => {
    [started, ended].forEach((event) => reporter.event(event));
    throw environmentProblem;
  });
  await expect(run([], { output, reporter: 'plain' }, failing)).rejects.toBe(environmentProblem);
  expect(written(output).run).toMatchObject({ verdict: 'error', exitCode: 3 });
  expect(written(output).problems).toEqual([environmentProblem.message, 'SD-1 had ended: pass, 12 targets']);
});

it('writes the stack of a defect into the output folder only', async () => {
  const output = join(folder, 'out');
  const defect = runner(async () => Promise.reject(new TypeError('x is undefined', { cause: new Error('inner') })));
  await expect(run([], { output, reporter: 'plain' }, defect)).rejects.toMatchObject({ problem: { code: 'PL-INTERNAL', seen: expect.stringContaining('inner') as string } });
  expect(readFileSync(join(output, 'internal-error.txt'), 'utf8')).toMatch(/TypeError: x is undefined\n {4}at [^]*caused by: Error: inner/);
  expect(stdout + stderr).not.toContain('    at ');
});

it('leaves nothing behind after wrong use, not even the folders it made', async () => {
  const wrong = runner(async (_options, reporter) => {
    reporter.event(started);
    throw usageProblem;
  });
  await expect(run(['SD-9'], { output: join(folder, 'a', 'b'), reporter: 'plain' }, wrong)).rejects.toBe(usageProblem);
  expect(existsSync(join(folder, 'a'))).toBe(false);
});

it("takes an earlier run's files out of its output folder and leaves the others", async () => {
  writeFileSync(join(folder, 'events.ndjson'), 'old\n');
  writeFileSync(join(folder, 'mine.txt'), 'mine');
  await run([], { output: folder, reporter: 'plain' }, runner(async (_options, reporter) => (reporter.event(started), report([claim()]))));
  expect(readFileSync(join(folder, 'events.ndjson'), 'utf8')).toBe(`${JSON.stringify(started)}\n`);
  expect(existsSync(join(folder, 'mine.txt'))).toBe(true);
});

it('refuses an output folder that is a file before the run starts', async () => {
  writeFileSync(join(folder, 'file'), '');
  const judge = vi.fn<Runner['runClaims']>();
  await expect(run([], { output: join(folder, 'file', 'x') }, runner(judge))).rejects.toMatchObject({ problem: { code: 'PL-OUTPUT-UNUSABLE' } });
  expect(judge).not.toHaveBeenCalled();
});

it('stops a run at a signal, reports what there is and answers 130', async () => {
  const output = join(folder, 'out');
  const interrupted = runner(async (_options, reporter, signal) => {
    reporter.event(ended);
    process.emit('SIGINT');
    signal.throwIfAborted();
    throw new Error('the signal was not aborted');
  });
  expect(await run([], { output, reporter: 'plain' }, interrupted)).toBe(130);
  expect(written(output).run).toMatchObject({ verdict: 'interrupted', exitCode: 130 });
  expect(readdirSync(output).toSorted()).toEqual(['events.ndjson', 'junit.xml', 'report.json']);
  expect(stdout).toContain('Interrupted: no claim was judged');
  expect(stderr).toContain('stopping; again to abandon (then run plumbline down)');
  expect(process.listenerCount('SIGINT')).toBe(0);
});

it('prints nothing but JSON on stdout for --reporter ndjson', async () => {
  await run([], { output: folder, reporter: 'ndjson' }, runner(async (_options, reporter) => (reporter.event(started), report([claim()]))));
  const kinds = stdout.trimEnd().split('\n').map((line) => (JSON.parse(line) as { kind: string }).kind);
  expect(kinds).toEqual(['run.started', 'report']);
});

it('of a dry run prints the plan, makes no folder, and says by its exit code whether it could run', async () => {
  const plan = { provider: { name: 'embedded', reasons: [] }, imageSource: { name: 'build', reason: 'asked for' }, steps: [], claims: [], problems: ['collector 9.9.9 cannot be had'] } as const;
  const planned = async (): Promise<Runner> => ({ ...(await runner(() => Promise.reject(new Error()))()), planRun: async () => plan });
  const output = join(folder, 'out');
  expect(await run([], { output, dryRun: true }, planned)).toBe(3);
  expect(stdout).toContain('problem  collector 9.9.9 cannot be had');
  expect(existsSync(output)).toBe(false);
});

it('of up says how to reach the platform and how to remove it', async () => {
  const result = { runId: 'ab12cd', kubeconfigPath: '/k/config', endpoints: [{ name: 'mimir-0', url: 'http://10.0.0.1:9009' }] };
  const load = async (): Promise<Runner> => ({ ...(await runner(() => Promise.reject(new Error()))()), up: async () => result });
  expect(await up([], { output: folder, reporter: 'plain' }, load)).toBe(0);
  expect(stdout).toBe('Run ab12cd stays up.\n  export KUBECONFIG=/k/config\n  mimir-0  http://10.0.0.1:9009\nRemove it: ./plumbline down ab12cd\n');
});

it('of up says by which commands pods are reached where they are not from here', async () => {
  const forward = ['kubectl', '--kubeconfig', '/my files/a.yaml', '-n', 'pl-x', 'port-forward', 'service/mimir', '18080:http'];
  const result = { runId: 'ab12cd', kubeconfigPath: '/my files/a.yaml', endpoints: [{ name: 'mimir', url: 'http://127.0.0.1:18080/prometheus', note: 'header X: y', forward }] };
  const load = async (): Promise<Runner> => ({ ...(await runner(() => Promise.reject(new Error()))()), up: async () => result });
  await up([], { output: folder, reporter: 'plain' }, load);
  expect(stdout).toContain("\n  export KUBECONFIG='/my files/a.yaml'\n  kubectl --kubeconfig '/my files/a.yaml' -n pl-x port-forward service/mimir 18080:http  # mimir: http://127.0.0.1:18080/prometheus  (header X: y)\n");
});

it.each([
  [['rum'], 2, 'Did you mean run?'],
  [['run', '--fail-fats'], 2, 'Did you mean --fail-fast?'],
  [['run', '--repeat', 'x'], 2, 'whole number'],
  [['run', '--json'], 2, '--json together with --dry-run'],
  [['completion'], 2, "missing required argument 'shell'"],
  [['completion', 'tcsh'], 2, 'PL-SHELL-UNKNOWN'],
  [['completion', 'bash', 'zsh'], 2, 'too many arguments'],
  [['--version'], 0, ''],
  [['run', '--help'], 0, ''],
])('%j ends with %i', async (words, code, text) => {
  expect(await main(words)).toBe(code);
  expect(stderr).toContain(text);
  expect(stderr === '').toBe(code === 0);
});
