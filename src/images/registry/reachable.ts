import { PlumblineError } from '../../errors.ts';
import { RegistryClient } from './client.ts';
import { registryPlace } from './place.ts';
import type { RegistryPlace } from './place.ts';

/**
 * The registry that official images are asked of: the prefix, else PLUMBLINE_REGISTRY, which serves those that are named without a host.
 * Undefined where neither is set: none is assumed, for none is everybody's.
 *
 * @throws PlumblineError PL-REGISTRY-INVALID
 */
export function namedRegistry(prefix: string | undefined, env: NodeJS.ProcessEnv = process.env): RegistryPlace | undefined {
  if (prefix) return registryPlace(prefix, '--registry-prefix');
  const named = env['PLUMBLINE_REGISTRY'];
  return named ? registryPlace(named, 'PLUMBLINE_REGISTRY') : undefined;
}

/** What to do where no registry is named, as a sentence's end. */
export const nameOne = 'no registry is named: set PLUMBLINE_REGISTRY to the host that serves official images, or --registry-prefix to a mirror of it';

export interface Reachability {
  readonly reachable: boolean;
  /** One line: what answered, or why nothing did. */
  readonly reason: string;
}

/** Milliseconds; a registry that is reachable at all answers its version check within a fraction of it. */
const checkTimeoutMs = 3000;

/** Whether a registry answers the version check of the distribution API; to want to know who asks is an answer too. */
export async function registryReachable(place: RegistryPlace | undefined): Promise<Reachability> {
  if (place === undefined) return { reachable: false, reason: nameOne };
  try {
    const { status } = await new RegistryClient(place, checkTimeoutMs).ask({ path: '', method: 'GET', asked: 'answer the version check', also: [401] });
    return { reachable: true, reason: `${place.host} answers${status === 401 ? ', and lets in who logs in' : ''}` };
  } catch (thrown) {
    if (!(thrown instanceof PlumblineError)) throw thrown;
    const { code, seen } = thrown.problem;
    return { reachable: false, reason: code === 'PL-REGISTRY-UNREACHABLE' ? seen : `${place.host} answers ${seen}, which is no registry` };
  }
}
