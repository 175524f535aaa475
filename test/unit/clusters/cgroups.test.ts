import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { topGroupOccupied } from '../../../src/clusters/embedded/cgroup-files.ts';
import { groupDirs, handDown, joinFiles, limitMemory, makeGroup, mountLines, parseHierarchies } from '../../../src/clusters/embedded/cgroups.ts';
import type { CgroupLayout } from '../../../src/clusters/embedded/cgroups.ts';

const mountinfo = `24 30 0:22 / /proc rw,nosuid - proc proc rw
30 1 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
31 30 0:27 / /sys/fs/cgroup/systemd rw,nosuid - cgroup cgroup rw,xattr,release_agent=/lib/agent,name=systemd
32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct
33 30 0:29 / /sys/fs/cgroup/memory rw shared:4 - cgroup cgroup rw,memory
34 30 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
35 30 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
36 30 0:29 / /somewhere/else/memory rw - cgroup cgroup rw,memory
`;
const v1: CgroupLayout = { version: 1, root: '/sys/fs/cgroup', hierarchies: parseHierarchies(mountinfo) };
const v2: CgroupLayout = { version: 2, root: '/sys/fs/cgroup', controllers: ['cpu', 'memory', 'pids'] };

describe('cgroup v1 and hybrid', () => {
  it('finds each hierarchy once, without the unified one of hybrid mode', () => {
    expect(parseHierarchies(mountinfo)).toEqual([
      { folder: 'systemd', options: 'none,name=systemd' },
      { folder: 'cpu,cpuacct', options: 'cpu,cpuacct' },
      { folder: 'memory', options: 'memory' },
      { folder: 'cpuset', options: 'cpuset' },
    ]);
  });

  it('fills a cpuset group from the one above before anything can join', () => {
    const steps = makeGroup(v1, 'plumbline-abcdef/0').filter((step) => JSON.stringify(step).includes('/cpuset/'));
    expect(steps).toEqual([
      { make: '/sys/fs/cgroup/cpuset/plumbline-abcdef' },
      { copy: '/sys/fs/cgroup/cpuset/cpuset.cpus', to: '/sys/fs/cgroup/cpuset/plumbline-abcdef/cpuset.cpus' },
      { copy: '/sys/fs/cgroup/cpuset/cpuset.mems', to: '/sys/fs/cgroup/cpuset/plumbline-abcdef/cpuset.mems' },
      { make: '/sys/fs/cgroup/cpuset/plumbline-abcdef/0' },
      { copy: '/sys/fs/cgroup/cpuset/plumbline-abcdef/cpuset.cpus', to: '/sys/fs/cgroup/cpuset/plumbline-abcdef/0/cpuset.cpus' },
      { copy: '/sys/fs/cgroup/cpuset/plumbline-abcdef/cpuset.mems', to: '/sys/fs/cgroup/cpuset/plumbline-abcdef/0/cpuset.mems' },
    ]);
  });

  it('joins and removes in every hierarchy, and limits in the memory one', () => {
    expect(groupDirs(v1, 'p/0')).toEqual(['systemd', 'cpu,cpuacct', 'memory', 'cpuset'].map((one) => `/sys/fs/cgroup/${one}/p/0`));
    expect(joinFiles(v1, 'p')[1]).toBe('/sys/fs/cgroup/cpu,cpuacct/p/cgroup.procs');
    expect(limitMemory(v1, 'p/0', 1024)).toEqual([
      { write: '/sys/fs/cgroup/memory/p/0/memory.limit_in_bytes', value: '1024' },
      { write: '/sys/fs/cgroup/memory/p/0/memory.memsw.limit_in_bytes', value: '1024', optional: true },
    ]);
    expect(handDown(v1, 'p')).toEqual([]);
  });

  it('mounts hierarchies afresh, and one of several controllers under each of their names', () => {
    const lines = mountLines(v1);
    expect(lines[0]).toBe('mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup');
    expect(lines).toContain('mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd');
    expect(lines).toContain('mount -t cgroup -o cpu,cpuacct cgroup /sys/fs/cgroup/cpu,cpuacct');
    expect(lines).toContain('ln -s cpu,cpuacct /sys/fs/cgroup/cpuacct');
    expect(lines.filter((line) => line.startsWith('ln'))).toHaveLength(2);
  });
});

describe('cgroup v2', () => {
  it('hands controllers down level by level, each before the group below is made', () => {
    expect(makeGroup(v2, 'plumbline-abcdef/0')).toEqual([
      { write: '/sys/fs/cgroup/cgroup.subtree_control', value: '+cpu +memory +pids' },
      { make: '/sys/fs/cgroup/plumbline-abcdef' },
      { write: '/sys/fs/cgroup/plumbline-abcdef/cgroup.subtree_control', value: '+cpu +memory +pids' },
      { make: '/sys/fs/cgroup/plumbline-abcdef/0' },
    ]);
    expect(handDown(v2, 'p/0/nodes/a')).toEqual([{ write: '/sys/fs/cgroup/p/0/nodes/a/cgroup.subtree_control', value: '+cpu +memory +pids' }]);
  });

  it('limits memory without swap, in one folder', () => {
    expect(limitMemory(v2, 'p', 2048)).toEqual([
      { write: '/sys/fs/cgroup/p/memory.max', value: '2048' },
      { write: '/sys/fs/cgroup/p/memory.swap.max', value: '0', optional: true },
    ]);
    expect(groupDirs(v2, 'p')).toEqual(['/sys/fs/cgroup/p']);
    expect(mountLines(v2)).toEqual(['mount -t cgroup2 cgroup2 /sys/fs/cgroup']);
  });

  it.each([
    ['a machine’s root, which has no type, whatever runs in it', undefined, '1\n2\n', false],
    ['a container’s root with the container’s processes in it', 'domain\n', '1\n', true],
    ['a container’s root whose processes were moved down', 'domain\n', '', false],
  ])('tells whether the topmost group can hand controllers down: %s', async (_, type, procs, occupied) => {
    const root = await mkdtemp(join(tmpdir(), 'plumbline-cgroup-'));
    try {
      if (type !== undefined) await writeFile(join(root, 'cgroup.type'), type);
      await writeFile(join(root, 'cgroup.procs'), procs);
      expect(await topGroupOccupied(root)).toBe(occupied);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
