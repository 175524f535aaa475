import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { NodeSpec } from '../provider.ts';
import type { AddressPlan } from './addresses.ts';
import { mountLines } from './cgroups.ts';
import type { CgroupLayout } from './cgroups.ts';
import type { NodeCredentials } from './credentials.ts';
import type { Machine } from './machine.ts';
import { cniConfig, containerdConfig, inNode, kubeProxyConfig, kubeletConfig } from './node-config.ts';
import { writePrivate } from '../pki.ts';
import { runtimeWrapper } from './runtime-wrapper.ts';

export interface NodePlan {
  readonly spec: NodeSpec;
  readonly index: number;
  /** The node's folder on this machine. */
  readonly dir: string;
  readonly addresses: AddressPlan;
  readonly credentials: NodeCredentials;
  readonly pauseImage: string;
  /** The multi-call binary of Kubernetes. */
  readonly kube: string;
}

/** Writes everything that a node is started from into its folder. */
export async function writeNodeFiles(plan: NodePlan, machine: Machine): Promise<void> {
  const { dir, spec } = plan;
  await Promise.all(['bin', 'cni', 'pki', 'tmp', 'var/lib', 'var/log'].map((one) => mkdir(join(dir, one), { recursive: true, mode: 0o700 })));
  // Pods with other users than root get at these; the folder above them stays closed on this machine.
  await Promise.all([chmod(join(dir, 'tmp'), 0o1777), chmod(join(dir, 'var/lib'), 0o755), chmod(join(dir, 'var/log'), 0o755)]);
  await Promise.all([
    writePrivate(join(dir, 'pki'), plan.credentials),
    writeFile(join(dir, 'bin/kube'), ''),
    writeFile(join(dir, 'machine-id'), `${randomUUID().replaceAll('-', '')}\n`),
    writeFile(join(dir, 'init.sh'), initScript(spec, machine.cgroups)),
    writeFile(join(dir, 'runtime'), wrapper(spec, machine), { mode: 0o755 }),
    writeFile(join(dir, 'containerd.toml'), containerdConfig(plan.pauseImage, machine)),
    writeFile(join(dir, 'cni/10-plumbline.conflist'), JSON.stringify(cniConfig(podCidr(plan)))),
    writeFile(join(dir, 'kubelet.yaml'), stringify(kubeletConfig(plan.addresses, plan.index, spec))),
    writeFile(join(dir, 'kube-proxy.yaml'), stringify(kubeProxyConfig(plan.addresses, spec.name))),
    ...(spec.memoryMiB === undefined ? [] : [writeFile(join(dir, 'meminfo'), meminfo(await readFile('/proc/meminfo', 'utf8'), spec.memoryMiB))]),
  ]);
}

function wrapper(spec: NodeSpec, machine: Machine): string {
  return runtimeWrapper({ runc: machine.runc, meminfo: spec.memoryMiB !== undefined, dropPrivileges: !machine.maySetResources });
}

/** What the first process of a node runs: it gives the node its own view of the machine and then reaps orphans. */
export function initScript(spec: NodeSpec, cgroups: CgroupLayout): string {
  return [
    'set -eu',
    `echo ${spec.name} > /proc/sys/kernel/hostname`,
    // The kubelet hands mounts on to pods; the unshared namespace keeps them from this machine.
    'mount --make-rshared /',
    // A fresh sysfs shows the node's links, not the machine's.
    'mount -t sysfs sysfs /sys',
    ...mountLines(cgroups),
    `for file in ${cgroups.version === 2 ? cgroups.root : `${cgroups.root}/*`}/system/cgroup.procs; do echo 0 > "$file"; done`,
    'mount --bind "$1" bin/kube',
    // By the working directory: it may lie below a folder that is covered here.
    'mount -t tmpfs -o mode=755 tmpfs /run',
    `mkdir /run/lock ${inNode}`,
    `mount --rbind . ${inNode}`,
    'mount --bind var/lib /var/lib',
    'mount --bind var/log /var/log',
    'mount --bind tmp /tmp',
    // Who tells machines apart by this would take all nodes for one.
    `[ ! -e /etc/machine-id ] || mount --bind ${inNode}/machine-id /etc/machine-id`,
    ...(spec.memoryMiB === undefined ? [] : [`mount --bind ${inNode}/meminfo /proc/meminfo`]),
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    // Pods of one node that talk over a service share a bridge: without this the answer bypasses the translation.
    '[ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables',
    'cd /',
    'echo ready >&3',
    'exec 3>&-',
    'sleep infinity & wait',
    '',
  ].join('\n');
}

/** A /proc/meminfo of a machine of `memoryMiB` MiB; other lines stay, swap is none. */
export function meminfo(machine: string, memoryMiB: number): string {
  const totalKiB = memoryMiB * 1024;
  const free = Math.round(totalKiB * 0.9);
  const sized: Readonly<Record<string, number>> = { MemTotal: totalKiB, MemFree: free, MemAvailable: free, SwapTotal: 0, SwapFree: 0 };
  return machine.replace(/^(\w+):\s+\d+ kB$/gm, (line, name: string) => {
    const kiB = sized[name];
    return kiB === undefined ? line : `${`${name}:`.padEnd(16)}${String(kiB).padStart(8)} kB`;
  });
}

function podCidr(plan: NodePlan): string {
  return plan.addresses.nodes[plan.index]?.podCidr ?? '';
}
