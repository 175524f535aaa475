import { relative } from 'node:path';
import { binaryCacheState } from '../builds/binary.ts';
import { checkAvailable } from '../builds/available.ts';
import type { GoBuild } from '../builds/recipe.ts';
import { binds, checkBinding } from '../claims/binding.ts';
import { loadCatalog, selectClaims } from '../claims/catalog.ts';
import type { Side } from '../claims/sides.ts';
import { besideMiB, reserveMiB, sizedMiB } from '../claims/unmet.ts';
import { chooseProvider } from '../clusters/choose.ts';
import { clusterStep, limitedMiB } from '../clusters/provider.ts';
import type { Abilities, ClusterProvider, ClusterSpec } from '../clusters/provider.ts';
import { PlumblineError } from '../errors.ts';
import { chooseImageSource } from '../images/choose.ts';
import type { ImageRecipe, ImageSource } from '../images/source.ts';
import { clustersOf } from '../platform/clusters.ts';
import { imageKey } from '../platform/images.ts';
import type { PlatformSpec } from '../platform/spec.ts';
import type { ClaimNeeds, Plan, PlannedStep } from '../reports/plan.ts';
import { usualMs } from '../run/durations.ts';
import { packageRoot } from '../run/paths.ts';
import { planGuest, rightsMissing } from './guest.ts';
import { ImageStates, imageSteps } from './image-states.ts';
import type { RunOptions } from './options.ts';
import { judgeable, resolveClaims, uniqueImages } from './resolved-claims.ts';
import type { ResolvedClaim } from './resolved-claims.ts';
import { planUserConfig } from './user-config.ts';

export type { ResolvedClaim } from './resolved-claims.ts';

/** What a run works from: the plan as the user sees it, and the objects behind it. */
export interface ResolvedPlan {
  readonly plan: Plan;
  readonly provider: ClusterProvider;
  readonly abilities: Abilities;
  readonly imageSource: ImageSource;
  /** In the order in which they run: what needs least that is not built yet comes first. */
  readonly claims: readonly ResolvedClaim[];
  readonly binaries: readonly GoBuild[];
  /** The cluster's own images, then the claims', in the order in which they are needed. */
  readonly images: readonly ImageRecipe[];
  /** Settings that choose versions which can be had in place of those that cannot. */
  readonly suggested: readonly string[];
  /** Images of operators whose rights have to be looked for once these are there (guest.ts). */
  readonly operatorsUnknown: readonly ImageRecipe[];
}

/** The plan of a run, found out without changing anything. @throws PlumblineError of wrong use */
export async function planRun(options: RunOptions): Promise<Plan> {
  return (await resolvePlan(options)).plan;
}

export async function resolvePlan(options: RunOptions): Promise<ResolvedPlan> {
  const catalog = await loadCatalog();
  checkBinding(catalog, options.binding);
  const chosen = selectClaims(catalog, options.selectors, options.grep);
  const { provider, abilities, passedOver } = await chooseProvider(options.provider, options.clusters);
  const { source, reason } = await chooseImageSource(options.images, abilities, options.clusters);
  const states = new ImageStates(source);
  const resolved = await resolveClaims(chosen, options, abilities, states);
  const collectorConfig = options.collectorConfig && await planUserConfig(options.collectorConfig, resolved, source);
  const needs = provider.needs();
  const claims = await soonestFirst(resolved, states);
  const images = uniqueImages([...needs.images, ...judgeable(claims).flatMap((one) => one.images)]);
  const clusters = neededClusters(claims);
  const missing = await states.problems(images);
  const steps = [...await binarySteps(needs.binaries), ...await imageSteps(images, states), ...await laterSteps(claims, clusters, provider)];
  const guest = await planGuest(provider, judgedPlatforms(claims), options.runId, states);
  return {
    provider, abilities, imageSource: source, claims, binaries: needs.binaries, images, operatorsUnknown: guest?.later ?? [],
    plan: {
      provider: { name: provider.name, reasons: [...abilities.findings, ...passedOver] },
      ...(guest ? { guest: guest.plan } : {}),
      imageSource: { name: source.name, reason },
      ...(collectorConfig ? { collectorConfig } : {}),
      ...plannedMemory(clusters, abilities),
      steps,
      claims: claims.map(({ claim, sides, images: own, file, unmet }) => ({
        id: claim.id, area: claim.area, claim: claim.claim, twin: claim.twin.wrong, file: relative(packageRoot, file),
        needs: {
          clusters: Math.max(...sides.map((side) => clustersOf(side.spec).size)),
          nodes: Math.max(...sides.map((side) => side.spec.nodes)), ...nodeMemory(sides), images: own.map(imageKey),
        },
        ...(binds(claim, options.binding) ? {} : { binding: false as const }),
        ...(unmet === undefined ? {} : { skipped: unmet }),
      })),
      problems: [...await binaryProblems(needs.binaries), ...missing.map(({ text }) => text), ...(guest?.plan.missing ?? []).map((right) => `not allowed: ${right}`)],
    },
    suggested: missing.flatMap(({ set }) => set ?? []),
  };
}

/** All of its clusters' at once, which is more than a run takes that removes one before it makes the next. */
function plannedMemory(clusters: readonly ClusterSpec[], { freeMemoryMiB: freeMiB }: Abilities): Pick<Plan, 'memory'> {
  const nodesMiB = limitedMiB(clusters);
  return nodesMiB === 0 ? {} : { memory: { upToMiB: nodesMiB + besideMiB, nodesMiB, ...(freeMiB === undefined ? {} : { freeMiB }), staysFreeMiB: reserveMiB } };
}

function nodeMemory(sides: readonly Side[]): Pick<ClaimNeeds, 'nodeMemoryMiB'> {
  const nodeMemoryMiB = Math.max(...sides.map(({ spec }) => sizedMiB(spec)));
  return nodeMemoryMiB === 0 ? {} : { nodeMemoryMiB };
}

/** The first verdict must not wait for builds that only a later claim needs. Equal claims keep the catalog's order. */
async function soonestFirst(claims: readonly ResolvedClaim[], states: ImageStates): Promise<readonly ResolvedClaim[]> {
  const timed = await Promise.all(claims.map(async (claim) => ({ claim, missingMs: await states.missingMs(claim.images) })));
  return timed.toSorted((a, b) => a.missingMs - b.missingMs).map(({ claim }) => claim);
}

async function binarySteps(binaries: readonly GoBuild[]): Promise<readonly PlannedStep[]> {
  return Promise.all(binaries.map(async (build) => {
    const state = await binaryCacheState(build);
    return { phase: 'images' as const, name: `${build.name} ${build.version}`, cached: state.cached, usualMs: state.usualMs };
  }));
}

async function binaryProblems(binaries: readonly GoBuild[]): Promise<readonly string[]> {
  const states = await Promise.all(binaries.map(async (build) => ((await binaryCacheState(build)).cached ? undefined : checkAvailable(build))));
  return states.filter((reason) => reason !== undefined);
}

/** Platforms of all sides of those of these claims that can be judged. */
function judgedPlatforms(claims: readonly ResolvedClaim[]): readonly PlatformSpec[] {
  return judgeable(claims).flatMap(({ sides }) => sides.map(({ spec }) => spec));
}

/** Clusters of all sides of those of these claims that can be judged, each once. */
export function neededClusters(claims: readonly ResolvedClaim[]): readonly ClusterSpec[] {
  const specs = judgedPlatforms(claims).flatMap((spec) => [...clustersOf(spec).values()]);
  return [...new Map(specs.map((spec) => [spec.name, spec])).values()];
}

async function laterSteps(claims: readonly ResolvedClaim[], needed: readonly ClusterSpec[], { name: provider }: ClusterProvider): Promise<readonly PlannedStep[]> {
  const clusters = needed.map((spec) => ({ phase: 'cluster' as const, name: clusterStep(spec, provider), guessMs: provider === 'existing' ? 0 : 12_000 }));
  const suites = judgeable(claims).map(({ claim, sides }) => ({ phase: 'suites' as const, name: claim.id, guessMs: (claim.sidesTogether ? 1 : sides.length) * claim.usualSecondsPerSide * 1000 }));
  return Promise.all([...clusters, ...suites].map(async ({ phase, name, guessMs }) => ({ phase, name, cached: false, usualMs: (await usualMs(name)) ?? guessMs })));
}

/**
 * Before any cluster is made, or anything in one.
 * @throws PlumblineError PL-RIGHTS-MISSING with every right, PL-IMAGE-UNAVAILABLE with every version that cannot be had
 */
export function refuseProblems({ plan, suggested }: Pick<ResolvedPlan, 'plan' | 'suggested'>): void {
  if (plan.guest && plan.guest.missing.length > 0) throw rightsMissing(plan.guest.missing);
  if (plan.problems.length === 0) return;
  throw new PlumblineError({
    code: 'PL-IMAGE-UNAVAILABLE', kind: 'usage', expected: 'every version of the plan to be within reach', seen: plan.problems.join('; '),
    next: `choose another version with ${suggested.length > 0 ? suggested.join(' ') : '--set, e.g. --set collector.version=0.131.0'}`,
  });
}
