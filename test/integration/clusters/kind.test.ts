import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ExecaError, execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../../scripts/docker/engine.ts';
import type { Engine } from '../../../scripts/docker/engine.ts';
import { coredns, pause } from '../../../src/clusters/embedded/builds.ts';
import { askDns, mustAnswer } from '../../../src/clusters/kind/ask-dns.ts';
import { kindProvider } from '../../../src/clusters/kind/index.ts';
import { imageLoader } from '../../../src/clusters/kind/load-image.ts';
import { knownName } from '../../../src/clusters/ready.ts';
import type { ClusterSpec } from '../../../src/clusters/provider.ts';
import { PlumblineError } from '../../../src/errors.ts';
import type { GoBuild } from '../../../src/builds/recipe.ts';
import { buildBinary } from '../../../src/builds/binary.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import type { ImageArchive } from '../../../src/images/source.ts';
import { command } from '../../../src/processes/command.ts';
import { findByEnvironment } from '../../../src/processes/proc.ts';
import { startProcess } from '../../../src/processes/start.ts';
import { stop } from '../../../src/processes/stop.ts';
import type { RunContext } from '../../../src/run/context.ts';
import { until, whileHolds } from '../../../src/run/wait.ts';
import { kindProgram, standIn } from './kind/stand-in.ts';
import { newRun, newRunId, ownStateFolder } from './support.ts';
import { snapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** kind and Docker are real; the image of the nodes is not, and ends where kubeadm would make a cluster. */
const quiet = { note: () => undefined, cached: () => undefined };
let state: AsyncDisposable;
let before: Snapshot;
let context: RunContext;
let engine: Engine;
let kindImage: string;
const variables = ['PATH', 'DOCKER_HOST', 'KUBECONFIG'] as const;
const own = variables.map((name) => [name, process.env[name]] as const);

beforeAll(async () => {
  state = await ownStateFolder();
  const id = newRunId();
  before = await snapshot(id);
  context = await newRun(id);
  const [program, image] = [await kindProgram(context), await standIn(context)];
  engine = await startEngine(id, context.signal);
  await docker('load', '--input', image.path);
  kindImage = image.reference;
  process.env['PATH'] = `${dirname(program)}:${process.env['PATH']}`;
  process.env['DOCKER_HOST'] = engine.host;
  process.env['KUBECONFIG'] = join(context.dir, 'users');
  await writeFile(process.env['KUBECONFIG'], 'untouched');
});

afterAll(async () => {
  await kindProvider().remove(context.id);
  // kind's own, which it leaves on every engine.
  await execa('docker', ['--host', engine.host, 'network', 'rm', 'kind'], { reject: false });
  await engine[Symbol.asyncDispose]();
  for (const [name, value] of own) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  const after = await snapshot(context.id);
  await state[Symbol.asyncDispose]();
  expect(after).toEqual(before);
});

test('with kind and an engine it is usable, and says which', async () => {
  expect(await kindProvider({ kindImage }).abilities()).toEqual({
    usable: true, findings: ['kind v0.33.0 with docker.', `Nodes have the image ${kindImage}.`], installable: [], nodeMemory: 'none', imageArchives: true, pullsImages: true,
    clusters: 36, nodes: 100, ownNodes: true, podsReachableFromHost: false,
  });
});

test('without the program it says so, and a down of others’ runs has nothing to do', async () => {
  await using _ = withVariable('PATH', process.env['PATH']?.slice(process.env['PATH'].indexOf(':') + 1));
  expect(await kindProvider().abilities()).toMatchObject({ usable: false, findings: ['The program kind is not on the PATH: install it, or take another provider.'] });
  expect(await kindProvider().findRuns()).toEqual([]);
  expect(await kindProvider().remove(newRunId())).toEqual([]);
});

test('without an engine that answers it says what kind said; a run that has clusters is not taken for removed', async () => {
  await using _ = withVariable('DOCKER_HOST', 'unix:///nowhere/docker.sock');
  const { usable, findings } = await kindProvider().abilities();
  expect(usable).toBe(false);
  expect(findings[0]).toMatch(/^No container engine answers kind: Cannot connect to the Docker daemon at unix:\/\/\/nowhere\/docker\.sock/);
  expect(await kindProvider().findRuns()).toEqual([]);
  expect(await kindProvider().remove(newRunId())).toEqual([]);
  const { id, dir } = await newRun(newRunId());
  await mkdir(join(dir, 'c1'));
  await writeFile(join(dir, 'c1/kind.yaml'), '');
  await expect(kindProvider().remove(id)).rejects.toMatchObject({ problem: { code: 'PL-KIND-FAILED', kind: 'environment' } });
});

test('an engine that never answers is given up within 5 seconds', async () => {
  const silent = createServer().listen(join(context.dir, 'silent.sock'));
  await using _ = withVariable('DOCKER_HOST', `unix://${join(context.dir, 'silent.sock')}`);
  const started = performance.now();
  expect(await kindProvider().abilities()).toMatchObject({ usable: false, findings: [expect.stringContaining('no end within 4 s')] });
  expect(performance.now() - started).toBeLessThan(5000);
  silent.close();
});

test.each([1, 3])('kind takes what is written for %i nodes; where it fails its own words are told, and nothing is left', async (count) => {
  const notes: string[] = [];
  const emit: RunContext['emit'] = (event) => event.kind === 'step.note' && notes.push(event.note);
  const thrown = await failureOf(cluster('x'.repeat(32), count), { ...context, emit });
  expect(thrown.problem).toMatchObject({ code: 'PL-KIND-FAILED', kind: 'environment', seen: expect.stringMatching(/^failed to create cluster: failed to init node with kubeadm/) });
  expect(thrown.problem.lastLines?.at(-1)).toBe('kubeadm: makes no cluster here');
  expect(notes).toEqual([count === 1 ? 'kind makes a node' : `kind makes ${count} nodes`, 'kind: Ensuring node image', 'kind: Preparing nodes', 'kind: Writing configuration', 'kind: Starting control-plane']);
  // Where workers are, kubeadm is told to leave its taint out; alone, kind takes it away and would miss it.
  expect(said(thrown).includes('taints: []')).toBe(count > 1);
  expect(said(thrown).match(/📦/g)).toHaveLength(2 * count);
  await nothingLeft();
});

test.each(['kind: Preparing nodes', 'kind: Starting control-plane'])('interrupted at %j it throws the reason of the interrupt, and nothing is left', async (moment) => {
  const cut = new AbortController();
  const reason = new Error('interrupted');
  const emit: RunContext['emit'] = (event) => event.kind === 'step.note' && event.note === moment && cut.abort(reason);
  await expect(kindProvider({ kindImage }).create(cluster('held', 2), { ...context, emit, signal: cut.signal })).rejects.toBe(reason);
  await nothingLeft();
});

test('interrupted while Docker is asked for a node, it waits for that: no container comes afterwards', async () => {
  const cut = new AbortController();
  const creating = kindProvider({ kindImage }).create(cluster('held', 1), { ...context, signal: cut.signal });
  creating.catch(() => undefined);
  const dockerd = Number(await readFile(join(dirname(engine.host.slice('unix://'.length)), 'pid'), 'utf8'));
  await until('docker run', async () => ((await running()).some((line) => line.startsWith('docker\0run\0')) ? true : undefined), { timeoutMs: 20_000, intervalMs: 2 });
  // The engine is as busy as that now and then: it comes to the request half a second after whoever made it was told to end.
  process.kill(dockerd, 'SIGSTOP');
  cut.abort();
  await pauseFor(500);
  process.kill(dockerd, 'SIGCONT');
  await expect(creating).rejects.toThrow();
  await whileHolds('no container', async () => {
    const left = await containers();
    if (left.length > 0) throw new Error(left.join(', '));
  }, { forMs: 2000 });
  await nothingLeft();
});

test('a second cluster of a name is refused, and the first one stays', async () => {
  const cut = new AbortController();
  const first = kindProvider({ kindImage }).create(cluster('held', 1), { ...context, signal: cut.signal });
  first.catch(() => undefined);
  await until('the first one’s folder', () => stat(join(context.dir, 'held/kind.yaml')), { timeoutMs: 10_000, intervalMs: 20 });
  await expect(kindProvider({ kindImage }).create(cluster('held', 1), context)).rejects.toMatchObject({ problem: { code: 'PL-CLUSTER-SPEC', seen: 'a second `held`' } });
  await until('its node', async () => (await containers()).find((name) => name === `plumbline-${context.id}-held-control-plane`), { timeoutMs: 20_000 });
  cut.abort();
  await expect(first).rejects.toThrow();
  await nothingLeft();
});

test('killed: both runs are found by the names of their clusters, images go onto one, and each is removed alone', async () => {
  const [first, second] = [newRunId(), newRunId()];
  await Promise.all([first, second].map(killedHalfWay));
  expect(await kindProvider().findRuns()).toEqual(expect.arrayContaining([first, second]));
  await loadsOnce(`plumbline-${first}-held`);
  const removed = await kindProvider().remove(first);
  expect(removed).toEqual(expect.arrayContaining([expect.stringMatching(/^process \d+$/), `kind cluster plumbline-${first}-held`, expect.stringMatching(`^folder .*/${first}$`)]));
  expect(await containers()).toEqual([`plumbline-${second}-held-control-plane`, `plumbline-${second}-held-worker`]);
  expect(await kindProvider().remove(first)).toEqual([]);
  expect(await kindProvider().findRuns()).toEqual([second]);
  await kindProvider().remove(second);
  expect(await kindProvider().findRuns()).toEqual([]);
  await nothingLeft();
});

test('images for a cluster that is not there are refused in kind’s words', async () => {
  await expect(imageLoader(context).load([{ name: 'plumbline-absent-c1' }], [await image()])).rejects.toMatchObject({ problem: { code: 'PL-KIND-FAILED', seen: 'no nodes found for cluster "plumbline-absent-c1"' } });
});

test('a node’s question is answered by CoreDNS; an unknown name, and a server that is not there, are no answers', async () => {
  const { path } = await buildBinary(coredns.build as GoBuild, { runId: context.id, signal: context.signal, step: quiet });
  await writeFile(join(context.dir, 'Corefile'), `.:53 {\n  hosts {\n    10.96.0.1 ${knownName}\n  }\n}\n`);
  // In a network of its own: port 53 of this machine may be in use.
  const args = ['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', path, '-conf', join(context.dir, 'Corefile')];
  const server = await startProcess({ name: 'CoreDNS', command: 'unshare', args, runId: context.id, logFile: join(context.dir, 'coredns.log') });
  const ask = async (address: string, name: string): Promise<void> => mustAnswer(await command('nsenter', [`--net=/proc/${server.pid}/ns/net`, ...askDns(address, name)]));
  try {
    await until('an answer', async () => ((await ask('127.0.0.1', knownName).then(() => true, () => false)) ? true : undefined), { timeoutMs: 20_000 });
    await expect(ask('127.0.0.1', 'nobody.default.svc.cluster.local')).rejects.toThrow('an answer with code ');
    await expect(ask('192.0.2.1', knownName)).rejects.toThrow(/Network is unreachable/);
  } finally {
    await stop(server, 5000);
  }
});

test('the user’s own kubeconfig was never touched', async () => {
  expect(await readFile(process.env['KUBECONFIG'] ?? '', 'utf8')).toBe('untouched');
});

function cluster(name: string, nodes: number): ClusterSpec {
  return { name, nodes: Array.from({ length: nodes }, (_, index) => ({ name: `node-${index + 1}` })) };
}

async function failureOf(spec: ClusterSpec, run: RunContext): Promise<PlumblineError> {
  const thrown: unknown = await kindProvider({ kindImage }).create(spec, run).catch((error: unknown) => error);
  if (!(thrown instanceof PlumblineError)) throw new Error(`no PlumblineError but ${String(thrown)}`);
  return thrown;
}

/** All that kind printed before it failed. */
function said({ problem }: PlumblineError): string {
  const cause = problem.cause instanceof PlumblineError ? problem.cause.problem.cause : undefined;
  return cause instanceof ExecaError ? String(cause.stderr) : '';
}

async function docker(...args: readonly string[]): Promise<string> {
  return (await execa('docker', ['--host', engine.host, ...args])).stdout;
}

async function containers(): Promise<readonly string[]> {
  return (await docker('ps', '--all', '--format', '{{.Names}}')).split('\n').filter(Boolean).toSorted();
}

/** Command lines of what kind is at work with, with NUL between words. */
async function running(): Promise<readonly string[]> {
  const calls = await findByEnvironment('PLUMBLINE_KIND_CLUSTER');
  return Promise.all(calls.map((one) => readFile(`/proc/${one.pid}/cmdline`, 'utf8').catch(() => '')));
}

async function nothingLeft(): Promise<void> {
  expect(await containers()).toEqual([]);
  expect(await docker('volume', 'ls', '--quiet')).toBe('');
  expect(await findByEnvironment('PLUMBLINE_KIND_CLUSTER')).toEqual([]);
  await expect(stat(join(context.dir, 'held'))).rejects.toMatchObject({ code: 'ENOENT' });
}

/** Another run's process, killed while kind waits for kubeadm: kind itself goes on. */
async function killedHalfWay(runId: string): Promise<void> {
  const program = fileURLToPath(new URL('./kind/create-and-hold.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [program, runId, kindImage], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (!child.stdout) throw new Error('no output');
  for await (const note of createInterface(child.stdout)) if (note === 'kind: Starting control-plane') break;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** An image that the nodes have is not sent again: one that was taken off a node meanwhile stays off. */
async function loadsOnce(name: string): Promise<void> {
  const archive = await image();
  const loader = imageLoader(context);
  const load = (sent: ImageArchive): Promise<void> => loader.load([{ name }], [sent]);
  const ctr = (node: string, ...args: readonly string[]): Promise<string> => docker('exec', `${name}-${node}`, 'ctr', '--namespace', 'k8s.io', 'images', ...args);
  await load(archive);
  for (const node of ['control-plane', 'worker']) expect(await ctr(node, 'ls', '--quiet')).toContain(archive.reference);
  await ctr('worker', 'rm', archive.reference);
  await load(archive);
  expect(await ctr('worker', 'ls', '--quiet')).not.toContain(archive.reference);
  await load({ ...archive, digest: 'another' });
  expect(await ctr('worker', 'ls', '--quiet')).toContain(archive.reference);
}

function image(): Promise<ImageArchive> {
  return buildSource().provide(pause, context, quiet);
}

function withVariable(name: string, value: string | undefined): AsyncDisposable {
  const held = process.env[name];
  process.env[name] = value;
  return { [Symbol.asyncDispose]: () => Promise.resolve(void (process.env[name] = held)) };
}
