import { readFile, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toolchain } from '../builds/toolchain.ts';
import { hostFacts } from '../reports/environment.ts';
import { cacheDir } from '../run/paths.ts';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** This machine, as far as it matters to a run. */
export async function hostTable(): Promise<Fact[]> {
  const facts = hostFacts();
  const go = await toolchain().catch(() => undefined);
  return [
    { name: 'system', value: `${facts.os}, kernel ${facts.kernel}` },
    { name: 'root', value: process.getuid?.() === 0 ? 'yes' : 'no' },
    { name: 'capabilities', value: capabilities(await readFile('/proc/self/status', 'utf8').catch(() => '')) },
    { name: 'cgroup', value: facts.cgroup },
    { name: 'cores', value: String(facts.cores) },
    { name: 'memory', value: gibibytes(facts.memoryBytes) },
    { name: 'disk free', value: `${gibibytes(await freeBytes(cacheDir()))} for ${cacheDir()}` },
    { name: 'Node.js', value: facts.node },
    { name: 'Go', value: go?.goVersion ?? 'not found' },
  ];
}

/** Effective ones, from the mask of proc(5). All or some is what matters: which are missing, a provider's finding says. */
export function capabilities(status: string): string {
  const mask = (name: string): bigint | undefined => {
    const hex = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1];
    return hex === undefined ? undefined : BigInt(`0x${hex}`);
  };
  const effective = mask('CapEff');
  if (effective === undefined) return 'not known';
  const count = effective.toString(2).replaceAll('0', '').length;
  const resource = (effective >> capSysResource) & 1n ? '' : ', without CAP_SYS_RESOURCE';
  return count === 0 ? 'none' : `${count} effective${resource}`;
}

/** Its number in linux/capability.h. Containers often lack it, and kubelets then need other settings. */
const capSysResource = 24n;

/** Of the file system that holds a folder, which need not exist yet. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return dirname(folder) === folder ? 0 : freeBytes(dirname(folder));
  }
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
