import { readFile } from 'node:fs/promises';

/** capabilities(7): the bit of CAP_SYS_RESOURCE. */
const sysResourceBit = 24n;

/** Whether CAP_SYS_RESOURCE is in reach of this process: without it, nobody below it sets negative oom scores or raises limits. */
export async function hasSysResource(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => undefined);
  // No Linux: whatever containers run in has its own.
  if (status === undefined) return true;
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return ((bounding >> sysResourceBit) & 1n) === 1n;
}
