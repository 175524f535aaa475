import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { Readable } from 'node:stream';
import { PlumblineError } from '../errors.ts';
import { systemPath } from './command.ts';
import { identityOf, runVariable } from './proc.ts';
import type { ProcessIdentity } from './proc.ts';

export interface ProcessSpec {
  /** As a person calls it: `kubelet of worker-1`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly runId: string;
  /** Output and errors are appended here; mode 0600. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `cgroup.procs` files that the process joins before it becomes the command. */
  readonly cgroupProcs?: readonly string[];
  /** Gives it a pipe to Plumbline as file descriptor 3. */
  readonly reports?: boolean;
}

export interface StartedProcess extends ProcessIdentity {
  readonly name: string;
  readonly logFile: string;
  /** The other end of its file descriptor 3; who asked for it destroys it. */
  readonly reports?: Readable;
  /** How it ended, as a sentence's end: `exited with code 1`; undefined while it runs. */
  ended(): string | undefined;
}

/** Joins the groups named before `--` and becomes the command after it, keeping its pid. */
const joinAndExec = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 125; shift; done; shift; exec "$@"';

/**
 * Starts a process that outlives Plumbline: in its own session, with its output in a file, marked with the run's id.
 *
 * @throws Error when the log file cannot be written or no process can be started
 */
export async function startProcess(spec: ProcessSpec): Promise<StartedProcess> {
  const log = await open(spec.logFile, 'a', 0o600);
  try {
    const child = spawn('/bin/sh', ['-c', joinAndExec, spec.name, ...(spec.cgroupProcs ?? []), '--', spec.command, ...spec.args], {
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      detached: true,
      env: { PATH: systemPath(), HOME: homedir(), LANG: 'C.UTF-8', ...spec.env, [runVariable]: spec.runId },
      stdio: ['ignore', log.fd, log.fd, spec.reports ? 'pipe' : 'ignore'],
    });
    return await started(child, spec);
  } finally {
    await log.close();
  }
}

/** The last lines of a log file, oldest first; none where there is no such file. */
export async function lastLinesOf(logFile: string, count = 8): Promise<readonly string[]> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).filter((line) => line !== '');
}

/** @throws PlumblineError PL-COMPONENT-EXITED with its last lines, when the process has ended */
export async function mustRun(started: StartedProcess): Promise<void> {
  const how = started.ended();
  if (how === undefined) return;
  throw new PlumblineError({
    code: 'PL-COMPONENT-EXITED',
    kind: 'environment',
    expected: `${started.name} to keep running`,
    seen: `it ${how}`,
    next: 'Its last lines say why; `plumbline doctor` looks at this machine.',
    lastLines: await lastLinesOf(started.logFile),
  });
}

async function started(child: ChildProcess, spec: ProcessSpec): Promise<StartedProcess> {
  let end: string | undefined;
  child.once('exit', (code, signal) => (end = signal ? `was ended by ${signal}` : `exited with code ${code}`));
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  // The child may not keep Plumbline's own process from ending.
  child.unref();
  const pid = child.pid ?? 0;
  const startTimeTicks = (await identityOf(pid))?.startTimeTicks ?? 0;
  const reports = child.stdio[3];
  return { name: spec.name, logFile: spec.logFile, pid, startTimeTicks, ended: () => end, ...(reports instanceof Readable ? { reports } : {}) };
}
