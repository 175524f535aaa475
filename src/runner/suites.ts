import type { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { BaseSequencer, createVitest } from 'vitest/node';
import type { TestSpecification, Vitest } from 'vitest/node';
import type { ReadConfig } from '../components/collector/user-config-file.ts';
import type { Configured } from '../platform/configured.ts';
import type { Installed } from '../platform/installed-spec.ts';
import type { UserTenants } from '../platform/user-tenants.ts';
import { runVariable } from '../processes/proc.ts';
import { packageRoot } from '../run/paths.ts';

/** What the suites' process is told at its start. */
export interface SuiteOrder {
  readonly socketPath: string;
  readonly runId: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly keep: 'never' | 'on-failure' | 'always';
  /** Command with `{id}` in place of the claim's id. */
  readonly reproduce: string;
  /** How often each claim is judged. */
  readonly repeat: number;
  readonly configured?: Configured;
  /** Claim ids or areas; left out: every claim binds. */
  readonly binding?: readonly string[];
  readonly tenants?: UserTenants;
  readonly collectorConfig?: ReadConfig['config'];
  /** With credentials: the order goes from process to process and to no file. */
  readonly installed?: Installed;
}

declare module 'vitest' {
  interface ProvidedContext { plumbline: SuiteOrder }
}

export interface SuiteRun {
  /** Suite files in the order in which they are to run. */
  readonly files: readonly string[];
  readonly order: SuiteOrder;
  readonly failFast: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs suite files with vitest, one after the other in one process: claims share two cores, and one that runs beside
 * another would be judged on its neighbour's load. Results come by the desk; vitest's own report is not used.
 * @returns what kept suites from running at all: errors of their files, not verdicts
 */
export async function runSuites({ files, order, failFast, signal }: SuiteRun): Promise<readonly string[]> {
  const inOrder = class extends BaseSequencer {
    override sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
      return Promise.resolve(specifications.toSorted((a, b) => files.indexOf(a.moduleId) - files.indexOf(b.moduleId)));
    }
  };
  const exitCode = process.exitCode;
  // The suites' process inherits the run's mark, by which `down` finds it should this process be killed.
  process.env[runVariable] = order.runId;
  const vitest = await withoutItsExits(() => createVitest('test', {
    root: packageRoot, config: false, watch: false,
    include: ['suites/**/*.suite.ts'], setupFiles: [join(packageRoot, 'src/runner/suite-worker.ts')],
    reporters: [{}], silent: true, pool: 'forks', maxWorkers: 1, isolate: false, fileParallelism: false,
    testTimeout: 0, bail: failFast ? 1 : 0, sequence: { sequencer: inOrder }, provide: { plumbline: order },
  }));
  const cancel = (): void => void vitest.cancelCurrentRun('keyboard-input');
  signal.addEventListener('abort', cancel, { once: true });
  try {
    if (!signal.aborted) await vitest.start([...files]);
    return failures(vitest);
  } finally {
    signal.removeEventListener('abort', cancel);
    await vitest.close();
    // vitest marks the process as failed where a claim is broken; Plumbline's own exit code says that better.
    process.exitCode = exitCode;
  }
}

function failures(vitest: Vitest): readonly string[] {
  const errors: readonly { message?: unknown }[] = [
    ...(vitest.state.getUnhandledErrors() as { message?: unknown }[]),
    ...vitest.state.getTestModules().flatMap((module) => module.errors()),
  ];
  return errors.map((error) => String(error.message ?? error));
}

/** vitest ends the process on a signal or a lost rejection; here the run has to end in order first, and remove what it made. */
async function withoutItsExits<T>(create: () => Promise<T>): Promise<T> {
  const events = ['SIGINT', 'SIGTERM', 'unhandledRejection'];
  const emitter: EventEmitter = process;
  const before = new Set(events.flatMap((event) => emitter.listeners(event)));
  const created = await create();
  for (const event of events) {
    for (const listener of emitter.listeners(event)) if (!before.has(listener)) emitter.off(event, listener as () => void);
  }
  return created;
}
