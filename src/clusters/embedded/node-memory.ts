import { glob, open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { cgroupLayout, memoryDir } from './cgroups.ts';
import type { CgroupLayout } from './cgroups.ts';

/** A node of an embedded cluster, as this machine's kernel sees it. */
export interface NodeGroup {
  /** Below the root of the hierarchies: what the kernel's log calls it begins with a slash. */
  readonly path: string;
  /** Folder of its memory controller. */
  readonly dir: string;
  readonly version: CgroupLayout['version'];
  /** The node's folder. */
  readonly files: string;
}

/** Bytes; all of the node's processes together. */
export interface GroupMemory {
  readonly limit: number;
  readonly used: number;
  /** Of what is used: memory that no file stands behind. */
  readonly anonymous: number;
  /** Of what is used: pages of files. */
  readonly cache: number;
}

/** Who pays for the pages of a file that is mapped: whoever touches it first. */
export type PageCacheOwner = 'node' | 'outside';

/** @param kubeconfigPath of the cluster; undefined where it is none of the embedded provider's */
export async function nodeGroup(kubeconfigPath: string, node: string): Promise<NodeGroup | undefined> {
  const files = join(dirname(dirname(kubeconfigPath)), 'nodes', node);
  const pid = await readFile(join(files, 'init.pid'), 'utf8').catch(() => undefined);
  if (pid === undefined) return undefined;
  const layout = await cgroupLayout();
  const path = groupOf(await readFile(`/proc/${pid.trim()}/cgroup`, 'utf8'), layout).replace(/\/system$/, '');
  return { path, dir: memoryDir(layout, path), version: layout.version, files };
}

/** A process' group in the text of /proc/PID/cgroup, cgroups(7). */
function groupOf(text: string, { version }: CgroupLayout): string {
  const lines = text.split('\n').map((line) => line.split(':'));
  return lines.find(([id, controllers = '']) => (version === 2 ? id === '0' : controllers.split(',').includes('memory')))?.[2] ?? '/';
}

export async function groupMemory({ dir, version }: NodeGroup): Promise<GroupMemory> {
  const names = version === 2
    ? { limit: 'memory.max', used: 'memory.current', anonymous: 'anon', cache: 'file' }
    : { limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes', anonymous: 'total_rss', cache: 'total_cache' };
  const [limit, used, stat] = await Promise.all([names.limit, names.used, 'memory.stat'].map((file) => readFile(join(dir, file), 'utf8')));
  const parts = new Map((stat ?? '').split('\n').map((line) => line.split(' ') as [string, string]));
  return { limit: Number(limit), used: Number(used), anonymous: Number(parts.get(names.anonymous)), cache: Number(parts.get(names.cache)) };
}

/**
 * Decides who pays for the pages of an image's program before it is started. Pages that are in memory already are nobody's further
 * expense; those that are not are the node's when its process touches them, and the first to go when the node is short.
 * @param program its path in the image, `/otelcol`; an image is unpacked on a node when it runs there for the first time
 */
export async function settlePageCache(group: NodeGroup, program: string, owner: PageCacheOwner): Promise<void> {
  const layers = join(group.files, 'var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/*/fs');
  const files: string[] = [];
  for await (const file of glob(join(layers, program))) files.push(file);
  if (files.length === 0) throw new Error(`no ${program} unpacked below ${group.files}: it has not run on that node yet`);
  await giveBack(group);
  for (const file of files) {
    await execa('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
    if (owner === 'outside') await readThrough(file);
  }
}

/** What is cached of other files would be given back first, and so keep the kernel from its killer for a while. */
async function giveBack({ dir, version }: NodeGroup): Promise<void> {
  // It gives back what it can, and says that it could not give back all.
  await (version === 2 ? writeFile(join(dir, 'memory.reclaim'), '16G') : writeFile(join(dir, 'memory.force_empty'), '0')).catch(() => undefined);
}

/** This process is in no node's group. */
async function readThrough(file: string): Promise<void> {
  await using handle = await open(file);
  const chunk = Buffer.allocUnsafe(1024 ** 2);
  while ((await handle.read(chunk)).bytesRead > 0);
}
