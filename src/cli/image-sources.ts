import { compilerObstacle, missingCompiler } from '../builds/c-compiler.ts';
import { oldestGo, toolchain } from '../builds/toolchain.ts';
import { toolFindings } from '../builds/tree/tools.ts';
import { PlumblineError, lastCause } from '../errors.ts';
import type { RegistrySettings } from '../images/choose.ts';
import { dockerEngine } from '../images/docker-build/engine.ts';
import { registryPlace } from '../images/registry/place.ts';
import { namedRegistry, registryReachable } from '../images/registry/reachable.ts';
import type { Usable } from './doctor.ts';

/**
 * Whether images can be had from a registry, and whether they can be built here.
 *
 * @param pulling usable providers whose nodes pull images by themselves
 */
export async function imageSources(pulling: Promise<readonly string[]>, settings: RegistrySettings): Promise<readonly Usable[]> {
  const sources = await Promise.all([registry(await pulling, settings.registryPrefix), build()]);
  return [...sources, ...(settings.pushTo === undefined ? [] : [await pushing(settings.pushTo)])];
}

async function registry(pulling: readonly string[], prefix: string | undefined): Promise<Usable> {
  const { reachable, reason } = await registryReachable(namedRegistry(prefix));
  const nodes = pulling.length > 0 ? `nodes of ${pulling.join(' and ')} pull from it` : 'no provider that can be used here has nodes that pull images';
  return { name: 'registry', usable: reachable && pulling.length > 0, findings: [reason, ...(reachable ? [nodes, await ownImagesFinding()] : [])] };
}

/** Who makes what has no official image. */
async function ownImagesFinding(): Promise<string> {
  const go = await toolchain().then(() => true, () => false);
  if (go) return 'what has no official image is built here';
  const engine = await dockerEngine();
  return typeof engine === 'string' ? `what has no official image cannot be made: there is no Go here. ${engine}` : 'what has no official image is built by the Docker engine';
}

async function pushing(pushTo: string): Promise<Usable> {
  const { reachable, reason } = await registryReachable(registryPlace(pushTo, '--push-to'));
  return { name: 'push-to', usable: reachable, findings: [reason] };
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
