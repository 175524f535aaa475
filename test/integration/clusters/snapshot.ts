import { readFile, readdir } from 'node:fs/promises';
import { execa } from 'execa';
import { allPids, environmentValue } from '../../../src/processes/proc.ts';
import { runsDir } from '../../../src/run/paths.ts';

/** Everything of this machine that a cluster could leave behind, but for what names another run. */
export interface Snapshot {
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
  readonly links: readonly string[];
  readonly routes: readonly string[];
  readonly namespaces: readonly string[];
  readonly firewall: readonly string[];
  readonly cgroups: readonly string[];
  readonly files: readonly string[];
  readonly kernel: readonly string[];
}

const cgroupRoots = '/sys/fs/cgroup';
/** Where containerd, the kubelet, CNI and `ip` put things on a machine that is a node itself. */
const folders = ['/run', '/run/netns', '/run/containerd', '/run/plumbline', '/var/lib', '/var/lib/containerd', '/var/lib/kubelet', '/var/lib/cni', '/var/log', '/var/log/pods', '/etc/cni', '/opt', '/opt/cni', '/etc/containerd', '/dev/shm'];
/** What a kubelet or a router sets for the whole machine, where it may. */
const settings = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/forwarding', 'net/ipv4/conf/all/route_localnet', 'vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops', 'net/netfilter/nf_conntrack_max', 'kernel/hostname'];

/** @param ours the run whose things count, beside whatever belongs to no run at all */
export async function snapshot(ours: string): Promise<Snapshot> {
  const [processes, mountinfo, links, routes, namespaces, iptables, nft] = await Promise.all([
    markedProcesses(ours), readFile('/proc/self/mountinfo', 'utf8'), lines('ip', '-o', 'link'), lines('ip', 'route', 'show', 'table', 'all'), lines('ip', 'netns', 'list'),
    lines('iptables-save'), lines('nft', 'list', 'ruleset'),
  ]);
  const listed = (await Promise.all([...folders, runsDir()].map(async (dir) => (await list(dir)).map((name) => `${dir}/${name}`)))).flat();
  const mine = (text: readonly string[]): readonly string[] => text.filter((line) => !namesAnotherRun(line, ours)).toSorted();
  return {
    processes,
    mounts: mine(mountinfo.split('\n').map((line) => line.split(' ').slice(3, 5).join(' '))),
    links: mine(links.map((line) => line.split(' ')[1] ?? '')),
    routes: mine(routes),
    namespaces: mine(namespaces),
    firewall: mine([...iptables, ...nft].filter((line) => !line.startsWith('#')).map((line) => line.replace(/\[\d+:\d+\]|packets \d+ bytes \d+/g, ''))),
    cgroups: mine((await Promise.all((await list(cgroupRoots)).map((dir) => list(`${cgroupRoots}/${dir}`)))).flat()),
    files: mine(listed),
    kernel: await Promise.all(settings.map(async (name) => `${name}=${(await readFile(`/proc/sys/${name}`, 'utf8').catch(() => 'none')).trim()}`)),
  };
}

/** Other runs may come and go on this machine meanwhile; /run/plumbline is theirs as well. */
function namesAnotherRun(line: string, ours: string): boolean {
  const named = /\bplb([a-z0-9]{6})[0-9a-z]|plumbline-([a-z0-9]{6})\b|\/(?:run\/plumbline|runs)\/([a-z0-9]{6})\b|^\/run\/plumbline$/.exec(line);
  return named !== null && ![named[1], named[2], named[3]].includes(ours);
}

async function markedProcesses(ours: string): Promise<readonly string[]> {
  const marks = await Promise.all((await allPids()).map(async (pid) => ((await environmentValue(pid, 'PLUMBLINE_RUN')) === ours ? [String(pid)] : [])));
  return marks.flat();
}

async function lines(command: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await execa(command, args, { reject: false });
  return (stdout ?? '').split('\n').filter(Boolean);
}

async function list(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch(() => []);
}
