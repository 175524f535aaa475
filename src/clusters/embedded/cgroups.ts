import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Where this machine's cgroup hierarchies are. Hybrid mode counts as v1: its controllers are in v1 hierarchies. */
export type CgroupLayout =
  | { readonly version: 2; readonly root: string; readonly controllers: readonly string[] }
  | { readonly version: 1; readonly root: string; readonly hierarchies: readonly Hierarchy[] };

/** A mounted v1 hierarchy, e.g. `cpu,cpuacct` or `name=systemd`. */
export interface Hierarchy {
  /** Folder below the layout's root. */
  readonly folder: string;
  /** As `mount -o` takes them. */
  readonly options: string;
}

/** One change below the cgroup root; `optional` where not every kernel has the file. */
export type CgroupStep =
  | { readonly make: string }
  | { readonly write: string; readonly value: string; readonly optional?: boolean }
  | { readonly copy: string; readonly to: string };

const cgroupRoot = '/sys/fs/cgroup';
/** CGROUP2_SUPER_MAGIC of statfs(2): how runc and the kubelet tell the versions apart. */
const cgroup2Magic = 0x63677270;
/** What kubelet and runc use, where the kernel has it. */
const usedControllers = ['cpu', 'cpuset', 'memory', 'pids', 'io', 'hugetlb'];

/** Looks at this machine's cgroup mounts. */
export async function cgroupLayout(): Promise<CgroupLayout> {
  if ((await statfs(cgroupRoot)).type === cgroup2Magic) {
    const available = (await readFile(join(cgroupRoot, 'cgroup.controllers'), 'utf8')).trim().split(' ');
    return { version: 2, root: cgroupRoot, controllers: usedControllers.filter((one) => available.includes(one)) };
  }
  return { version: 1, root: cgroupRoot, hierarchies: parseHierarchies(await readFile('/proc/self/mountinfo', 'utf8')) };
}

/** The v1 hierarchies in the text of /proc/PID/mountinfo, proc(5). */
export function parseHierarchies(mountinfo: string): readonly Hierarchy[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const mountPoint = left.split(' ')[4] ?? '';
    const [type, , options = ''] = right.split(' ');
    if (type !== 'cgroup' || !mountPoint.startsWith(`${cgroupRoot}/`)) return [];
    const kept = options.split(',').filter((one) => !['rw', 'ro', 'xattr'].includes(one) && !one.startsWith('release_agent='));
    const named = kept.some((one) => one.startsWith('name='));
    return [{ folder: mountPoint.slice(cgroupRoot.length + 1), options: [...(named ? ['none'] : []), ...kept].join(',') }];
  });
}

/** Makes a group and the groups above it, usable by processes. Paths are below the cgroup root: `plumbline-abc123/0`. */
export function makeGroup(layout: CgroupLayout, path: string): readonly CgroupStep[] {
  const levels = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  if (layout.version === 2) {
    return levels.flatMap((level) => [...handDown(layout, join(level, '..')), { make: join(layout.root, level) }]);
  }
  return layout.hierarchies.flatMap((one) => levels.flatMap((level) => makeV1Group(join(layout.root, one.folder), one, level)));
}

/** Hands controllers down to the groups below, which v2 refuses while a process is in the group itself; v1 needs nothing. */
export function handDown(layout: CgroupLayout, path: string): readonly CgroupStep[] {
  if (layout.version === 1) return [];
  return [{ write: join(layout.root, path, 'cgroup.subtree_control'), value: layout.controllers.map((one) => `+${one}`).join(' ') }];
}

/** Limits the memory of a group and everything below it, swap included. */
export function limitMemory(layout: CgroupLayout, path: string, bytes: number): readonly CgroupStep[] {
  if (layout.version === 2) {
    return [
      { write: join(layout.root, path, 'memory.max'), value: String(bytes) },
      { write: join(layout.root, path, 'memory.swap.max'), value: '0', optional: true },
    ];
  }
  const dir = memoryDir(layout, path);
  return [
    { write: join(dir, 'memory.limit_in_bytes'), value: String(bytes) },
    { write: join(dir, 'memory.memsw.limit_in_bytes'), value: String(bytes), optional: true },
  ];
}

/** The folder of a group in which its memory is counted and limited. */
export function memoryDir(layout: CgroupLayout, path: string): string {
  if (layout.version === 2) return join(layout.root, path);
  return join(layout.root, layout.hierarchies.find((one) => one.options.split(',').includes('memory'))?.folder ?? 'memory', path);
}

/** The folders of a group: one in each v1 hierarchy, one in v2. */
export function groupDirs(layout: CgroupLayout, path: string): readonly string[] {
  if (layout.version === 2) return [join(layout.root, path)];
  return layout.hierarchies.map((one) => join(layout.root, one.folder, path));
}

/** The files that a process writes its pid to in order to join a group. */
export function joinFiles(layout: CgroupLayout, path: string): readonly string[] {
  return groupDirs(layout, path).map((dir) => join(dir, 'cgroup.procs'));
}

/**
 * Shell lines that mount this machine's hierarchies afresh. In a cgroup namespace a fresh mount shows the namespace's
 * own group as the root; the mounts made before would still show the whole machine.
 */
export function mountLines(layout: CgroupLayout): readonly string[] {
  if (layout.version === 2) return [`mount -t cgroup2 cgroup2 ${layout.root}`];
  return [
    `mount -t tmpfs -o mode=755 cgroup ${layout.root}`,
    ...layout.hierarchies.flatMap(({ folder, options }) => [
      `mkdir ${layout.root}/${folder}`,
      `mount -t cgroup -o ${options} cgroup ${layout.root}/${folder}`,
      // A hierarchy of several controllers is also looked for under the name of each.
      ...(folder.includes(',') ? folder.split(',').map((one) => `ln -s ${folder} ${layout.root}/${one}`) : []),
    ]),
  ];
}

function makeV1Group(root: string, hierarchy: Hierarchy, level: string): readonly CgroupStep[] {
  const make = { make: join(root, level) };
  if (!hierarchy.options.split(',').includes('cpuset')) return [make];
  // A new cpuset group is empty, and no process can join it before it has processors and memory nodes.
  return [make, ...['cpuset.cpus', 'cpuset.mems'].map((file) => ({ copy: join(root, level, '..', file), to: join(root, level, file) }))];
}
