import { oldestGo, toolchain } from '../builds/toolchain.ts';
import { PlumblineError, lastCause } from '../errors.ts';
import type { Usable } from './doctor.ts';

/** Whether images can be had from a registry, and whether they can be built here. */
export async function imageSources(): Promise<readonly Usable[]> {
  return Promise.all([registry(), build()]);
}

async function registry(): Promise<Usable> {
  const source: string = '../images/registry-source.ts';
  const { registryReachable } = (await import(source)) as { registryReachable: () => Promise<boolean> };
  const usable = await registryReachable();
  return { name: 'registry', usable, findings: [usable ? 'it answers' : 'no image registry answers from here'] };
}

async function build(): Promise<Usable> {
  try {
    const { goVersion, arch } = await toolchain();
    return { name: 'build', usable: true, findings: [`Go ${goVersion} (${arch}) builds from locked modules; it needs ${oldestGo} or newer`] };
  } catch (thrown) {
    const findings = thrown instanceof PlumblineError ? [thrown.problem.seen, thrown.problem.next] : [lastCause(thrown)];
    return { name: 'build', usable: false, findings };
  }
}
