import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, release, totalmem } from 'node:os';
import type { ReportedEnvironment } from './report.ts';

/** What is true of this machine, whatever the run chooses. */
export type HostFacts = Pick<ReportedEnvironment, 'plumbline' | 'node' | 'os' | 'kernel' | 'cores' | 'memoryBytes' | 'cgroup'>;

/** Looks at this machine; milliseconds, changes nothing. */
export function hostFacts(): HostFacts {
  return {
    plumbline: plumblineVersion(),
    node: process.versions.node,
    os: osName(),
    kernel: release(),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    cgroup: cgroupVersion(),
  };
}

/** The version in package.json. */
export function plumblineVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}

/** PRETTY_NAME of os-release(5). */
function osName(): string {
  if (!existsSync('/etc/os-release')) return process.platform;
  const line = /^PRETTY_NAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return line?.replace(/^(["'])(.*)\1$/, '$2') ?? process.platform;
}

/** From the mounts: `hybrid` is v1 controllers with a v2 hierarchy beside them. */
export function cgroupVersion(mounts = readMounts()): HostFacts['cgroup'] {
  const types = mounts.split('\n').map((line) => line.split(' ')[2]);
  const v2 = types.includes('cgroup2');
  if (types.includes('cgroup')) return v2 ? 'hybrid' : 'v1';
  return v2 ? 'v2' : 'none';
}

function readMounts(): string {
  return existsSync('/proc/self/mounts') ? readFileSync('/proc/self/mounts', 'utf8') : '';
}
