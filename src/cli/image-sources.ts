import { compilerObstacle, missingCompiler } from '../builds/c-compiler.ts';
import { oldestGo, toolchain } from '../builds/toolchain.ts';
import { toolFindings } from '../builds/tree/tools.ts';
import { PlumblineError, lastCause } from '../errors.ts';
import { namedRegistry, registryReachable } from '../images/registry/reachable.ts';
import type { Usable } from './doctor.ts';

/** Whether images can be had from a registry, and whether they can be built here. */
export async function imageSources(): Promise<readonly Usable[]> {
  return Promise.all([registry(), build()]);
}

/** An answering registry is news for later: no provider's nodes pull images yet, so no run could use it. */
async function registry(): Promise<Usable> {
  const { reachable, reason } = await registryReachable(namedRegistry(undefined));
  return { name: 'registry', usable: false, findings: [reason, ...(reachable ? ['no cluster provider pulls images yet'] : [])] };
}

/** Only Grafana has C code: without a compiler everything else is built all the same. */
async function compilerFindings(): Promise<readonly string[]> {
  const obstacle = await compilerObstacle();
  if (obstacle) return [`Grafana cannot be built: ${obstacle}`];
  const missing = await missingCompiler();
  return missing.length > 0 ? [`Grafana has C code: a run would install ${missing.join(', ')}`] : [];
}

async function build(): Promise<Usable> {
  try {
    const { goVersion, arch } = await toolchain();
    const findings = [`Go ${goVersion} (${arch}) builds from locked modules; it needs ${oldestGo} or newer`, ...await compilerFindings(), ...await toolFindings()];
    return { name: 'build', usable: true, findings };
  } catch (thrown) {
    const findings = thrown instanceof PlumblineError ? [thrown.problem.seen, thrown.problem.next] : [lastCause(thrown)];
    return { name: 'build', usable: false, findings };
  }
}
