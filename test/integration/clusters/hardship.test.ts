import { chown, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { coredns, kube, kubernetesVersion, pause } from '../../../src/clusters/embedded/builds.ts';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { PlumblineError } from '../../../src/errors.ts';
import type { Problem } from '../../../src/errors.ts';
import { buildBinary } from '../../../src/builds/binary.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import { findByEnvironment } from '../../../src/processes/proc.ts';
import type { RunContext } from '../../../src/run/context.ts';
import { newRun, newRunId, ownStateFolder } from './support.ts';
import { snapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

const provider = embeddedProvider();
const quiet = { note: () => undefined, cached: () => undefined };
let state: AsyncDisposable;
let context: RunContext;
let before: Snapshot;

beforeAll(async () => void (state = await ownStateFolder()));
afterAll(() => state[Symbol.asyncDispose]());

beforeEach(async () => {
  const id = newRunId();
  before = await snapshot(id);
  context = await newRun(id);
});

afterEach(async () => {
  // Nothing but the run's folders is left for it to remove.
  expect(await findByEnvironment('PLUMBLINE_RUN', context.id)).toEqual([]);
  const { links, cgroups } = await snapshot(context.id);
  expect({ links, cgroups }).toEqual({ links: before.links, cgroups: before.cgroups });
  await provider.remove(context.id);
  expect(await snapshot(context.id)).toEqual(before);
});

test('a cluster that never gets ready says what it waited for and what that said last', async () => {
  const parts = async () => {
    const options = { runId: context.id, signal: context.signal, step: quiet };
    const [binary, dns, sandbox] = [await buildBinary(kube, options), await buildSource().provide(coredns, context, quiet), await buildSource().provide(pause, context, quiet)];
    // An image that runs, and never answers for names.
    return { kube: binary.path, coredns: { ...sandbox, component: dns.component }, pause: sandbox, kubernetesVersion };
  };
  const problem = await problemOf(embeddedProvider(parts, { readyTimeoutMs: 12_000 }).create({ name: 'mute', nodes: [{ name: 'one' }] }, context));
  expect(problem).toMatchObject({ code: 'PL-WAIT-TIMEOUT', kind: 'environment' });
  expect(problem?.expected).toMatch(/^cluster DNS answering within 12s/);
  expect(problem?.seen).toContain('coredns');
});

test('firewalls that drop what they forward or take in don’t stop it, and get their rules back', async () => {
  const program = fileURLToPath(new URL('./behind-a-firewall.ts', import.meta.url));
  // In a network namespace of its own, so that this machine's firewall stays as it is.
  const wall = 'ip link set lo up; iptables -P FORWARD DROP; iptables -P INPUT DROP; iptables -A INPUT -i lo -j ACCEPT; exec "$@"';
  const { stdout } = await execa('unshare', ['--net', 'sh', '-c', wall, 'sh', process.execPath, program, context.id]);
  const bridge = `plb${context.id}0`;
  const accepted = [`-A FORWARD -o ${bridge} -j ACCEPT`, `-A FORWARD -i ${bridge} -j ACCEPT`, `-A INPUT -i ${bridge} -j ACCEPT`];
  expect(JSON.parse(stdout)).toEqual({ accepted, restored: true });
});

test('a full disk is said before anything is made', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'plumbline-full-'));
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', dir]);
  try {
    const problem = await problemOf(provider.create({ name: 'large', nodes: [{ name: 'one' }] }, { ...context, dir: join(dir, context.id) }));
    expect(problem).toMatchObject({ code: 'PL-DISK-FULL', kind: 'environment', seen: '0.1 GiB free' });
    await expect(stat(join(dir, context.id, 'large'))).rejects.toMatchObject({ code: 'ENOENT' });
  } finally {
    await execa('umount', [dir]);
    await rm(dir, { recursive: true });
  }
});

test('a program that is missing here is offered for installation', async () => {
  const script = "const { embeddedProvider } = await import(process.argv[1]); console.log(JSON.stringify(await embeddedProvider().abilities()))";
  const index = fileURLToPath(new URL('../../../src/clusters/embedded/index.ts', import.meta.url));
  // Hidden in a mount namespace of its own: this machine keeps it.
  const { stdout } = await execa('unshare', ['--mount', 'sh', '-c', 'mount --bind /dev/null "$(readlink -f "$(command -v nft)")" && exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', script, index]);
  expect(JSON.parse(stdout)).toMatchObject({ usable: true, installable: ['nftables'] });
  expect({ ...await provider.abilities(), freeMemoryMiB: undefined }).toEqual({ usable: true, findings: [], installable: [], nodeMemory: 'enforced', nodeFiles: true, imageArchives: true, pullsImages: false, clusters: 36, nodes: 100, ownNodes: true, nodesChange: true, podsReachableFromHost: true });
});

test('without root it says so, and touches nothing', async () => {
  const script = `const { embeddedProvider } = await import(process.argv[1]);
    process.setuid(65534);
    const one = embeddedProvider();
    const refused = await one.create({ name: 'none', nodes: [{ name: 'one' }] }, JSON.parse(process.argv[2])).catch(({ problem }) => problem?.code);
    console.log(JSON.stringify([(await one.abilities()).usable, refused, await one.remove('abcdef')]));`;
  const index = fileURLToPath(new URL('../../../src/clusters/embedded/index.ts', import.meta.url));
  const home = await mkdtemp(join(tmpdir(), 'plumbline-nobody-'));
  await chown(home, 65534, 65534);
  try {
    // A run of which there are no nodes may be another provider's, and that provider's may be anybody's: it is none of root's.
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script, index, JSON.stringify({ id: context.id, dir: join(home, 'run') })], { env: { XDG_STATE_HOME: home, XDG_RUNTIME_DIR: home } });
    expect(JSON.parse(stdout)).toEqual([false, 'PL-NEEDS-ROOT', []]);
    expect(await readdir(home)).toEqual([]);
  } finally {
    await rm(home, { recursive: true });
  }
});

async function problemOf(work: Promise<unknown>): Promise<Problem | undefined> {
  const thrown: unknown = await work.then(() => undefined, (error: unknown) => error);
  return thrown instanceof PlumblineError ? thrown.problem : undefined;
}
