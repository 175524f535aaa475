import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { removeGroup } from '../../../src/clusters/embedded/cgroup-files.ts';
import { lookAtMachine } from '../../../src/clusters/embedded/machine.ts';
import { runtimeWrapper } from '../../../src/clusters/embedded/runtime-wrapper.ts';
import { systemPath } from '../../../src/processes/command.ts';
import { until } from '../../../src/run/wait.ts';

/**
 * A Docker engine of a test's own. Its network, its mounts and its processes are in namespaces of their own and end with it, so that
 * this machine's bridges, firewall and engine are left alone.
 */
export interface OwnEngine extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly host: string;
  docker(...args: readonly string[]): Promise<string>;
}

const cgroupRoot = '/sys/fs/cgroup';

export async function ownEngine(): Promise<OwnEngine> {
  const dir = await mkdtemp(join(tmpdir(), 'plumbline-kind-engine-'));
  const group = dir.slice(dir.lastIndexOf('/') + 1);
  await writeSettings(dir);
  // What it keeps in /run beside its own folder goes with the mount.
  const start = 'ip link set lo up && mount -t tmpfs tmpfs /run && exec "$@"';
  const daemon = execa('unshare', [
    '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', start, 'sh', 'dockerd', '--config-file', join(dir, 'daemon.json'),
    '--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec'), '--pidfile', join(dir, 'pid'), '--host', `unix://${dir}/docker.sock`, '--cgroup-parent', `/${group}`,
  ], { env: { PATH: systemPath() }, all: true, reject: false });
  const host = `unix://${dir}/docker.sock`;
  const docker = async (...args: readonly string[]): Promise<string> => (await execa('docker', args, { env: { DOCKER_HOST: host } })).stdout;
  const end = async (): Promise<void> => {
    daemon.kill('SIGKILL');
    await daemon;
    await removeGroups(group);
    await rm(dir, { recursive: true, force: true });
  };
  daemon.then((r) => { (process as any).getBuiltinModule('node:fs').writeFileSync('/tmp/kindwork/dockerd.log', String(r.all) + r.exitCode + r.signal) });
  const ended = daemon.then(({ all }) => Promise.reject(new Error(`dockerd has ended: ${all}`)));
  await Promise.race([until('Docker answering', () => docker('version'), { timeoutMs: 60_000 }), ended]).catch(async (thrown: unknown) => {
    await end();
    throw thrown;
  });
  return { host, docker, [Symbol.asyncDispose]: end };
}

/** A privileged container asks for everything: where this machine itself may not do it all, it gets what there is. */
async function writeSettings(dir: string): Promise<void> {
  const { runc, maySetResources } = await lookAtMachine();
  await writeFile(join(dir, 'runc'), runtimeWrapper({ runc, meminfo: false, dropPrivileges: !maySetResources }));
  await chmod(join(dir, 'runc'), 0o755);
  const settings = { runtimes: { here: { path: join(dir, 'runc') } }, 'default-runtime': 'here', 'deprecated-key-path': join(dir, 'key.json') };
  await writeFile(join(dir, 'daemon.json'), JSON.stringify(settings));
}

/** In every hierarchy, also those without controllers. */
async function removeGroups(group: string): Promise<void> {
  const roots = [cgroupRoot, ...(await readdir(cgroupRoot)).map((name) => join(cgroupRoot, name))];
  await Promise.all(roots.map((root) => removeGroup(join(root, group))));
}
