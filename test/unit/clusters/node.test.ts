import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressPlan } from '../../../src/clusters/embedded/addresses.ts';
import { checkSpec } from '../../../src/clusters/check-spec.ts';
import { cniConfig, kubeProxyConfig, kubeletConfig } from '../../../src/clusters/embedded/node-config.ts';
import { initScript, meminfo } from '../../../src/clusters/embedded/node-files.ts';
import { runtimeWrapper } from '../../../src/clusters/embedded/runtime-wrapper.ts';
import { PlumblineError } from '../../../src/errors.ts';

const run = promisify(execFile);

describe('node configuration', () => {
  const plan = addressPlan(70, 3);

  it('lets nobody at the kubelet without a certificate or token, and nothing decide without asking the API server', () => {
    expect(kubeletConfig(plan, 1)).toMatchObject({
      address: '10.70.255.11', readOnlyPort: 0, authentication: { anonymous: { enabled: false }, webhook: { enabled: true } }, authorization: { mode: 'Webhook' },
    });
  });

  it('leaves conntrack, which is the machine’s, alone', () => {
    expect(kubeProxyConfig(plan, 'a')).toMatchObject({ mode: 'nftables', conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' } });
  });

  it('gives each node pods of its own range, untranslated', () => {
    expect(cniConfig('10.70.1.0/24')).toMatchObject({ plugins: [{ ipMasq: false, ipam: { ranges: [[{ subnet: '10.70.1.0/24' }]] } }, {}] });
  });

  it('covers /run before it binds the node’s folder there, and /tmp and /var/lib after', () => {
    const lines = initScript({ name: 'a', memoryMiB: 2048 }, { version: 2, root: '/sys/fs/cgroup', controllers: [] }).split('\n');
    const order = ['mount --make-rshared /', 'mount -t tmpfs -o mode=755 tmpfs /run', 'mount --rbind . /run/plumbline', 'mount --bind tmp /tmp', 'mount --bind /run/plumbline/meminfo /proc/meminfo'].map((line) => lines.indexOf(line));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('shows no node memory where there is no limit', () => {
    expect(initScript({ name: 'a' }, { version: 2, root: '/sys/fs/cgroup', controllers: [] })).not.toContain('meminfo');
  });
});

describe('/proc/meminfo of a node', () => {
  it('has the node’s size and no swap, and otherwise the machine’s lines', () => {
    const text = meminfo('MemTotal:       24683656 kB\nMemFree:        14000000 kB\nMemAvailable:   22000000 kB\nCached:          5000000 kB\nSwapTotal:       1048576 kB\nHugePages_Total:       0\n', 2048);
    expect(text.split('\n')).toEqual(['MemTotal:        2097152 kB', 'MemFree:         1887437 kB', 'MemAvailable:    1887437 kB', 'Cached:          5000000 kB', 'SwapTotal:             0 kB', 'HugePages_Total:       0', '']);
  });
});

describe('runtime wrapper', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'plumbline-wrapper-'));
    await writeFile(join(dir, 'runc'), `#!/bin/sh\necho "$@" > ${dir}/called\n`, { mode: 0o755 });
  });
  afterEach(() => rm(dir, { recursive: true }));

  const wrapped = async (options: { meminfo: boolean; dropPrivileges: boolean }, file: string, content: unknown, args: readonly string[]): Promise<unknown> => {
    await writeFile(join(dir, file), JSON.stringify(content));
    await writeFile(join(dir, 'wrapper'), runtimeWrapper({ runc: join(dir, 'runc'), ...options }));
    await chmod(join(dir, 'wrapper'), 0o755);
    await run(join(dir, 'wrapper'), [...args]);
    expect((await readFile(join(dir, 'called'), 'utf8')).trim()).toBe(args.join(' '));
    return JSON.parse(await readFile(join(dir, file), 'utf8'));
  };
  // What a user wrote arrives as an escaped string inside the JSON, and must come through as it is.
  const env = ['A={"oomScoreAdj":-5,"x":"CAP_SYS_RESOURCE"}', 'B="CAP_SYS_RESOURCE"'];
  const bundle = {
    process: { env, capabilities: { bounding: ['CAP_CHOWN', 'CAP_SYS_RESOURCE'], permitted: ['CAP_SYS_RESOURCE'] }, oomScoreAdj: -998 },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec'] }, { destination: '/dev', type: 'tmpfs', source: 'tmpfs' }],
  };

  it('drops what the machine cannot give and mounts the node’s memory right after /proc', async () => {
    const seen = await wrapped({ meminfo: true, dropPrivileges: true }, 'config.json', bundle, ['--root', '/x', 'create', '--bundle', dir, 'id']);
    expect(seen).toEqual({
      process: { env, capabilities: { bounding: ['CAP_CHOWN'], permitted: [] }, oomScoreAdj: 0 },
      mounts: [bundle.mounts[0], { destination: '/proc/meminfo', type: 'bind', source: '/run/plumbline/meminfo', options: ['bind', 'ro'] }, bundle.mounts[1]],
    });
  });

  it('changes nothing on a machine that can give everything and a node without limit', async () => {
    expect(await wrapped({ meminfo: false, dropPrivileges: false }, 'config.json', bundle, ['create', `--bundle=${dir}`, 'id'])).toEqual(bundle);
  });

  it('adapts the process of exec as well, or every exec into a privileged container would fail', async () => {
    const seen = await wrapped({ meminfo: true, dropPrivileges: true }, 'process.json', bundle.process, ['exec', '--process', join(dir, 'process.json'), 'id']);
    expect(seen).toEqual({ env, capabilities: { bounding: ['CAP_CHOWN'], permitted: [] }, oomScoreAdj: 0 });
  });
});

describe('cluster spec', () => {
  it.each([
    ['a name that is no label', { name: 'Dev', nodes: [{ name: 'a' }] }, '`Dev`'],
    ['two nodes of one name', { name: 'dev', nodes: [{ name: 'a' }, { name: 'a' }] }, 'a, a'],
    ['no node', { name: 'dev', nodes: [] }, '0'],
    ['a node too small for its own programs', { name: 'dev', nodes: [{ name: 'a', memoryMiB: 100 }] }, '100 MiB for a'],
  ])('refuses %s', (_, spec, seen) => {
    const thrown = (() => { try { checkSpec(spec, 100); } catch (error) { return error; } return undefined; })();
    expect(thrown instanceof PlumblineError && thrown.problem).toMatchObject({ code: 'PL-CLUSTER-SPEC', kind: 'usage', seen });
  });

  it('takes a cluster that can be made', () => {
    expect(() => checkSpec({ name: 'dev', nodes: [{ name: 'a', memoryMiB: 2048 }, { name: 'b' }] }, 100)).not.toThrow();
  });
});
