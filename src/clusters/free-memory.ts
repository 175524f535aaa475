import { readFile } from 'node:fs/promises';

/** What this machine could give without swapping, MiB: MemAvailable of proc(5). Undefined where there is no such file. */
export async function freeMemoryMiB(): Promise<number | undefined> {
  const [, kib] = /^MemAvailable:\s+(\d+)/m.exec(await readFile('/proc/meminfo', 'utf8').catch(() => '')) ?? [];
  return kib === undefined ? undefined : Math.floor(Number(kib) / 1024);
}
