import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { linkNames } from '../../../src/clusters/embedded/network.ts';
import { PlumblineError } from '../../../src/errors.ts';
import { findByEnvironment } from '../../../src/processes/proc.ts';
import { socketsDir } from '../../../src/run/paths.ts';
import { until } from '../../../src/run/wait.ts';
import { newRun, newRunId, ownStateFolder } from './support.ts';
import { snapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

const provider = embeddedProvider();
let state: AsyncDisposable;
let id: string;
let before: Snapshot;

beforeAll(async () => void (state = await ownStateFolder()));
afterAll(() => state[Symbol.asyncDispose]());

beforeEach(async () => {
  id = newRunId();
  before = await snapshot(id);
});

afterEach(async () => {
  await provider.remove(id);
  expect(await snapshot(id)).toEqual(before);
});

/** Moments of a cluster's making, by what can be seen of it from outside. */
const moments: readonly (readonly [string, () => Promise<boolean>])[] = [
  ['the bridge is there', async () => (await linkNames()).includes(`plb${id}0`)],
  ['etcd has its sockets', async () => exists(`${socketsDir(id)}/0/client:0`)],
  ['a node is connected', async () => (await linkNames()).includes(`plb${id}0v1`)],
  ['containerd runs', () => runs('containerd')],
  ['kubelets run', () => runs('\0kubelet\0')],
  ['pods run', () => runs('containerd-shim')],
];

test.each(moments)('killed when %s: remove() leaves this machine as it was', async (_, reached) => {
  const child = create();
  await until('the moment', async () => ((await reached()) ? true : undefined), { timeoutMs: 120_000, intervalMs: 20 });
  await kill(child);
  expect(await provider.findRuns()).toContain(id);
  const removed = await provider.remove(id);
  expect(removed.length).toBeGreaterThan(0);
  expect(await snapshot(id)).toEqual(before);
  expect(await provider.findRuns()).not.toContain(id);
});

test('killed when ready: remove() answers what it removed, and a second time has nothing to do', async () => {
  const child = create();
  await once(child.stdout ?? child, 'data');
  await kill(child);
  const removed = await provider.remove(id);
  for (const kind of ['process', 'link', 'cgroup', 'folder']) expect(removed.some((one) => one.startsWith(kind))).toBe(true);
  expect(await provider.remove(id)).toEqual([]);
});

test('a component that ends at once fails the cluster with its last lines, and nothing is left', async () => {
  const context = await newRun(id);
  const broken = embeddedProvider(async () => {
    const archive = { component: 'none', version: '1', source: 'build' as const, reference: 'none', path: '/dev/null', digest: 'none', sizeBytes: 0 };
    return { kube: fileURLToPath(new URL('./broken-kube.sh', import.meta.url)), coredns: archive, pause: archive, kubernetesVersion: '0' };
  });
  const thrown: unknown = await broken.create({ name: 'broken', nodes: [{ name: 'one' }] }, context).catch((error: unknown) => error);
  expect(thrown instanceof PlumblineError && thrown.problem).toMatchObject({ code: 'PL-COMPONENT-EXITED', lastLines: ['broken: no such configuration'] });
  await expect(stat(`${context.dir}/broken`)).rejects.toMatchObject({ code: 'ENOENT' });
  expect((await snapshot(id)).links).toEqual(before.links);
  expect((await snapshot(id)).cgroups).toEqual(before.cgroups);
  expect(await findByEnvironment('PLUMBLINE_RUN', id)).toEqual([]);
});

test('an interrupted creation throws the reason of the interrupt, and nothing is left', async () => {
  const stop = new AbortController();
  const context = { ...(await newRun(id)), signal: stop.signal };
  const reason = new Error('interrupted');
  const creating = provider.create({ name: 'cut', nodes: [{ name: 'one' }] }, context);
  creating.catch(() => undefined);
  await until('containerd', async () => ((await runs('containerd')) ? true : undefined), { timeoutMs: 60_000, intervalMs: 20 });
  stop.abort(reason);
  await expect(creating).rejects.toBe(reason);
  expect(await findByEnvironment('PLUMBLINE_RUN', id)).toEqual([]);
  expect((await snapshot(id)).links).toEqual(before.links);
});

test.each(['', '../../etc', 'ABCDEF', 'abcdefg'])('an id that is none removes nothing: %j', async (wrong) => {
  await expect(provider.remove(wrong)).rejects.toMatchObject({ problem: { code: 'PL-RUN-UNKNOWN', kind: 'usage' } });
});

function create(): ChildProcess {
  const program = fileURLToPath(new URL('./create-and-hold.ts', import.meta.url));
  return spawn(process.execPath, [program, id], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Whether a process of the run has every one of these in its command line. */
async function runs(...words: readonly string[]): Promise<boolean> {
  const processes = await findByEnvironment('PLUMBLINE_RUN', id);
  const commands = await Promise.all(processes.map((one) => readFile(`/proc/${one.pid}/cmdline`, 'utf8').catch(() => '')));
  return words.every((word) => commands.some((command) => command.includes(word)));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
