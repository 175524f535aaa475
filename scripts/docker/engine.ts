import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import { freeBlock } from '../../src/clusters/embedded/addresses.ts';
import { ipBatch, networksInUse } from '../../src/clusters/embedded/network.ts';
import { hasSysResource } from '../../src/clusters/sys-resource.ts';
import { runtimeWrapper } from '../../src/clusters/embedded/runtime-wrapper.ts';
import { PlumblineError } from '../../src/errors.ts';
import { installPackages } from '../../src/processes/apt.ts';
import { command } from '../../src/processes/command.ts';
import { findProgram } from '../../src/processes/find.ts';
import { lastLinesOf, mustRun, startProcess } from '../../src/processes/start.ts';
import type { StartedProcess } from '../../src/processes/start.ts';
import { stop } from '../../src/processes/stop.ts';
import { until } from '../../src/run/wait.ts';

/** A Docker engine of one's own, for machines on which none runs: tests and benches. */
export interface Engine extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Of this machine, as its containers reach it. */
  readonly address: string;
}

/** It was seen to take 2 s; the rest is a busy machine's. */
const startTimeoutMs = 60_000;
/** It first ends its containers, each within 10 s. */
const stopGraceMs = 30_000;

/**
 * Starts Debian's Docker engine in folders of its own, and installs it where it is missing. It leaves this machine's firewall alone:
 * containers of one network reach each other, and published ports are served by its own proxy.
 *
 * @param runId marks its processes, so that `plumbline down` finds what a killed test left
 */
export async function startEngine(runId: string, signal: AbortSignal): Promise<Engine> {
  if ((await findProgram('dockerd')) === undefined) await installPackages(['docker.io'], signal);
  const dir = await mkdtemp(join(tmpdir(), 'plumbline-docker-'));
  const { link, address } = await addBridge(runId);
  const host = `unix://${dir}/docker.sock`;
  const logFile = join(dir, 'dockerd.log');
  const daemon = await startProcess({
    name: 'dockerd', command: 'dockerd', runId, logFile,
    args: [
      '--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec'), '--pidfile', join(dir, 'pid'), '--host', host,
      '--bridge', link, '--iptables=false', '--ip-forward=false', ...(await runtimeArguments(dir)),
    ],
  });
  const engine: Engine = { host, address, [Symbol.asyncDispose]: () => stopEngine(daemon, dir, link) };
  try {
    await until('the Docker engine answering', async ({ signal: look }) => {
      await mustRun(daemon);
      await axios.get('http://docker/_ping', { socketPath: join(dir, 'docker.sock'), proxy: false, signal: look });
      return true;
    }, { timeoutMs: startTimeoutMs, intervalMs: 200, signal, lastLines: () => lastLinesOf(logFile) });
    return engine;
  } catch (thrown) {
    await engine[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** The engine's default network, which the testcontainers library asks about: a bridge of this engine's own. */
async function addBridge(runId: string): Promise<{ readonly link: string; readonly address: string }> {
  const link = `docker${runId}`;
  const address = `10.${freeBlock(await networksInUse())}.0.1`;
  await ipBatch(runId, [`link add ${link} type bridge`, `address add ${address}/24 dev ${link}`, `link set ${link} up`]);
  return { link, address };
}

/** Where CAP_SYS_RESOURCE is not to be had, no privileged container could start: then it is taken out of what is asked for. */
async function runtimeArguments(dir: string): Promise<readonly string[]> {
  const runc = await findProgram('runc');
  if (runc === undefined) throw noRunc();
  if (await hasSysResource()) return [];
  const wrapper = join(dir, 'runtime');
  await writeFile(wrapper, runtimeWrapper({ runc, meminfo: false, dropPrivileges: true }), { mode: 0o755 });
  return ['--add-runtime', `plumbline=${wrapper}`, '--default-runtime', 'plumbline'];
}

async function stopEngine(daemon: StartedProcess, dir: string, link: string): Promise<void> {
  await stop(daemon, stopGraceMs);
  await command('ip', ['link', 'delete', link]);
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => line.split(' ')[4] ?? '').filter((point) => point.startsWith(`${dir}/`));
  for (const point of mounts.toSorted((a, b) => b.length - a.length)) await command('umount', ['--lazy', point]);
  await rm(dir, { recursive: true, force: true });
}

function noRunc(): PlumblineError {
  return new PlumblineError({
    code: 'PL-MACHINE-INCOMPLETE', kind: 'environment', expected: 'runc on this machine', seen: 'no such program', next: 'Install the package runc.',
  });
}
