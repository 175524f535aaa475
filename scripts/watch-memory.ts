import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const sampleMs = 1000;

/** Where the memory groups of runs are: cgroup v1, then v2; and what their statistics call memory that no file backs. */
const layouts = [{ root: '/sys/fs/cgroup/memory', key: 'total_rss' }, { root: '/sys/fs/cgroup', key: 'anon' }];

/** Samples, once a second until asked, the memory of everything that runs of this machine have started: Kubernetes and all pods. */
export function watchMemory(): { end(): number } {
  let peakMb = 0;
  const timer = setInterval(() => void memoryMb().then((now) => (peakMb = Math.max(peakMb, now))), sampleMs);
  return {
    end: () => {
      clearInterval(timer);
      return peakMb;
    },
  };
}

async function memoryMb(): Promise<number> {
  for (const { root, key } of layouts) {
    const runs = (await readdir(root).catch(() => [])).filter((name) => name.startsWith('plumbline-'));
    const sizes = await Promise.all(runs.map((name) => statistic(join(root, name, 'memory.stat'), key)));
    if (sizes.some((size) => size > 0)) return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  }
  return 0;
}

/** Bytes; 0 for a group that has gone meanwhile. */
async function statistic(path: string, key: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}
