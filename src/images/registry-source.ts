import axios from 'axios';
import { PlumblineError, lastCause } from '../errors.ts';
import type { ImageAvailability, ImageRecipe, ImageSource } from './source.ts';

/**
 * Official images from a registry. The cluster pulls them itself, so they never become archives here; today no
 * provider pulls, and this source says so before any cluster is made.
 */
export function registrySource(): ImageSource {
  return { name: 'registry', check, provide: (recipe) => Promise.reject(cannotPull(recipe)) };
}

/** Where references without a host lead: the host in PLUMBLINE_REGISTRY. None is assumed, for none is everybody's. */
function namedRegistry(): string | undefined {
  return process.env['PLUMBLINE_REGISTRY'] || undefined;
}

/** Milliseconds; a registry that is reachable at all answers its version check within a fraction of it. */
const registryTimeoutMs = 3000;

/** The host that serves an image reference: its first part, where that looks like a host, else the named registry. */
export function registryOf(image: string): string | undefined {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : namedRegistry();
}

export interface Reachability {
  readonly reachable: boolean;
  /** One line: what answered, or why nothing did. */
  readonly reason: string;
}

/** Whether a registry answers at all: 200 or 401 to the distribution API's version check is an answer. */
export async function registryReachable(host: string | undefined = namedRegistry()): Promise<Reachability> {
  if (host === undefined) return { reachable: false, reason: 'no registry is named: set PLUMBLINE_REGISTRY to the host of one' };
  try {
    const { status } = await axios.get(`https://${host}/v2/`, {
      timeout: registryTimeoutMs,
      // axios' own timeout does not bound a name lookup.
      signal: AbortSignal.timeout(registryTimeoutMs),
      validateStatus: () => true,
      maxRedirects: 0,
    });
    const reachable = status === 200 || status === 401;
    return { reachable, reason: `${host} answers ${status}${reachable ? '' : ', which is no registry'}` };
  } catch (thrown) {
    const why = axios.isCancel(thrown) ? `no answer in ${registryTimeoutMs / 1000} s` : lastCause(thrown);
    return { reachable: false, reason: `${host} does not answer: ${why}` };
  }
}

async function check(recipe: ImageRecipe): Promise<ImageAvailability> {
  if (recipe.registryImage === undefined) return { state: 'unavailable', reason: `${recipe.component} ${recipe.version} has no image in a registry` };
  const { reachable, reason } = await registryReachable(registryOf(recipe.registryImage));
  return { state: 'unavailable', reason: reachable ? pullReason(recipe) : `${recipe.registryImage}: ${reason}` };
}

function pullReason(recipe: ImageRecipe): string {
  return `${recipe.registryImage ?? recipe.component} would have to be pulled by the cluster, and no provider does that yet`;
}

function cannotPull(recipe: ImageRecipe): PlumblineError {
  return new PlumblineError({
    code: 'PL-IMAGE-UNAVAILABLE',
    kind: 'environment',
    expected: `the image of ${recipe.component} ${recipe.version}`,
    seen: pullReason(recipe),
    next: 'Run with `--images build`.',
  });
}
