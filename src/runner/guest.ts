import type { V1PolicyRule } from '@kubernetes/client-node';
import { compact } from '../clusters/rights.ts';
import type { ClusterProvider } from '../clusters/provider.ts';
import { operatorFiles } from '../components/operator/files.ts';
import { operatorImage } from '../components/operator/image.ts';
import { PlumblineError } from '../errors.ts';
import type { ImageRecipe } from '../images/source.ts';
import { madeBy, rightsFor } from '../platform/rights.ts';
import type { PlatformSpec } from '../platform/spec.ts';
import type { PlannedGuest } from '../reports/plan.ts';
import type { ImageStates } from './image-states.ts';
import type { ResolvedPlan } from './plan.ts';
import type { Supply } from './supply.ts';

/** What a run does as a guest, found out without doing it. */
export interface Guest {
  readonly plan: PlannedGuest;
  /** Operators whose own rights are not known before their image is there: they are looked for then. */
  readonly later: readonly ImageRecipe[];
}

/** Undefined where the provider's clusters are the run's own. */
export async function planGuest(provider: ClusterProvider, specs: readonly PlatformSpec[], runId: string, states: ImageStates): Promise<Guest | undefined> {
  if (!provider.missingRights) return undefined;
  const operators = [...new Set(specs.flatMap(({ operator }) => operator?.version ?? []))].map(operatorImage);
  const known = await Promise.all(operators.map(async (recipe) => {
    const state = await states.of(recipe);
    return state.state === 'cached' ? rulesOf(state.archive.files) : undefined;
  }));
  const needed = rightsFor(specs, known.flatMap((rules) => rules ?? []));
  const missing = specs.length === 0 ? [] : await provider.missingRights(needed, runId);
  return {
    plan: { makes: madeBy(specs, runId), rights: compact(needed.own), grants: needed.granted.length > 0, missing },
    later: operators.filter((_, index) => known[index] === undefined),
  };
}

/** Asks for the rights that only an operator's image tells, before anything is made. @throws PlumblineError PL-RIGHTS-MISSING */
export async function refuseLateRights({ provider, operatorsUnknown }: ResolvedPlan, supply: Supply, runId: string): Promise<void> {
  const images = await supply.imagesOf(operatorsUnknown);
  const granted = (await Promise.all(images.map(({ files }) => rulesOf(files)))).flat();
  const missing = granted.length === 0 ? [] : await provider.missingRights?.({ own: [], granted }, runId) ?? [];
  if (missing.length > 0) throw rightsMissing(missing);
}

export function rightsMissing(missing: readonly string[]): PlumblineError {
  return new PlumblineError({
    code: 'PL-RIGHTS-MISSING', kind: 'environment', expected: 'the rights that this run needs', seen: `not allowed: ${missing.join('; ')}`,
    next: 'Ask for them, or choose claims that need less: `plumbline run <claims> --dry-run` with the same flags lists what each choice needs.',
  });
}

async function rulesOf(folder: string | undefined): Promise<readonly V1PolicyRule[]> {
  return folder === undefined ? [] : (await operatorFiles(folder)).rights;
}
