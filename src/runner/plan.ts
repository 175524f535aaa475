import { relative } from 'node:path';
import { binaryCacheState } from '../builds/binary.ts';
import { checkAvailable } from '../builds/available.ts';
import type { GoBuild } from '../builds/recipe.ts';
import { loadCatalog, selectClaims } from '../claims/catalog.ts';
import type { CatalogEntry } from '../claims/catalog.ts';
import { onInstalled } from '../claims/installed.ts';
import { sidesOf } from '../claims/sides.ts';
import { unmetNeed } from '../claims/unmet.ts';
import type { Side } from '../claims/sides.ts';
import { chooseProvider } from '../clusters/choose.ts';
import { clusterStep } from '../clusters/provider.ts';
import type { Abilities, ClusterProvider, ClusterSpec } from '../clusters/provider.ts';
import { PlumblineError } from '../errors.ts';
import { chooseImageSource } from '../images/choose.ts';
import type { ImageRecipe, ImageSource } from '../images/source.ts';
import { clustersOf } from '../platform/clusters.ts';
import { imageKey, platformImages } from '../platform/images.ts';
import type { Plan, PlannedStep } from '../reports/plan.ts';
import { usualMs } from '../run/durations.ts';
import { packageRoot } from '../run/paths.ts';
import { ImageStates, imageSteps } from './image-states.ts';
import type { RunOptions } from './options.ts';

/** A claim with everything that its sides need. */
export interface ResolvedClaim extends CatalogEntry {
  readonly sides: readonly Side[];
  /** In the order in which its sides need them. */
  readonly images: readonly ImageRecipe[];
  /** Why the chosen provider cannot have it judged; it is then skipped. */
  readonly unmet?: string;
}

/** What a run works from: the plan as the user sees it, and the objects behind it. */
export interface ResolvedPlan {
  readonly plan: Plan;
  readonly provider: ClusterProvider;
  readonly imageSource: ImageSource;
  /** In the order in which they run: what needs least that is not built yet comes first. */
  readonly claims: readonly ResolvedClaim[];
  readonly binaries: readonly GoBuild[];
  /** The cluster's own images, then the claims', in the order in which they are needed. */
  readonly images: readonly ImageRecipe[];
}

/** The plan of a run, found out without changing anything. @throws PlumblineError of wrong use */
export async function planRun(options: RunOptions): Promise<Plan> {
  return (await resolvePlan(options)).plan;
}

export async function resolvePlan(options: RunOptions): Promise<ResolvedPlan> {
  const chosen = selectClaims(await loadCatalog(), options.selectors, options.grep);
  const { provider, abilities } = await chooseProvider(options.provider, options.clusters);
  const resolved = await Promise.all(chosen.map((entry) => resolveClaim(entry, options, abilities)));
  const { source, reason } = await chooseImageSource(options.images, abilities.pullsImages);
  const needs = provider.needs();
  const states = new ImageStates(source);
  const claims = await soonestFirst(resolved, states);
  const images = unique([...needs.images, ...claims.flatMap((one) => (one.unmet === undefined ? one.images : []))]);
  const clusters = neededClusters(claims);
  const steps = [...await binarySteps(needs.binaries), ...await imageSteps(images, states), ...await laterSteps(claims, clusters)];
  return {
    provider, imageSource: source, claims, binaries: needs.binaries, images,
    plan: {
      provider: { name: provider.name, reasons: abilities.findings },
      imageSource: { name: source.name, reason },
      steps,
      claims: claims.map(({ claim, sides, images: own, file, unmet }) => ({
        id: claim.id, area: claim.area, claim: claim.claim, twin: claim.twin.wrong, file: relative(packageRoot, file),
        needs: {
          clusters: Math.max(...sides.map((side) => clustersOf(side.spec).size)),
          nodes: Math.max(...sides.map((side) => side.spec.nodes)), images: own.map(imageKey),
        },
        ...(unmet === undefined ? {} : { skipped: unmet }),
      })),
      problems: [...await binaryProblems(needs.binaries), ...await states.problems(images)],
    },
  };
}

async function resolveClaim({ claim: asWritten, file }: CatalogEntry, { set, tenants, installed }: RunOptions, abilities: Abilities): Promise<ResolvedClaim> {
  const claim = installed ? onInstalled(asWritten) : asWritten;
  // What a claim needs that the user's platform cannot be judged by is shown as it is elsewhere.
  const own = installed && claim.blackBox ? { settings: set, installed } : { settings: installed ? {} : set, ...(tenants ? { tenants: tenants.byName } : {}) };
  const sides = await sidesOf(claim, own);
  const unmet = unmetNeed(claim, sides, abilities, installed !== undefined);
  return { claim, file, sides, images: unique(sides.flatMap((side) => platformImages(side.spec))), ...(unmet === undefined ? {} : { unmet }) };
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

/** Clusters of all sides of those of these claims that can be judged, each once. */
export function neededClusters(claims: readonly ResolvedClaim[]): readonly ClusterSpec[] {
  const specs = claims.filter(({ unmet }) => unmet === undefined).flatMap((claim) => claim.sides.flatMap((side) => [...clustersOf(side.spec).values()]));
  return [...new Map(specs.map((spec) => [spec.name, spec])).values()];
}

async function laterSteps(claims: readonly ResolvedClaim[], needed: readonly ClusterSpec[]): Promise<readonly PlannedStep[]> {
  const clusters = needed.map((spec) => ({ phase: 'cluster' as const, name: clusterStep(spec), guessMs: 12_000 }));
  const suites = claims.filter(({ unmet }) => unmet === undefined).map(({ claim, sides }) => ({ phase: 'suites' as const, name: claim.id, guessMs: (claim.sidesTogether ? 1 : sides.length) * claim.usualSecondsPerSide * 1000 }));
  return Promise.all([...clusters, ...suites].map(async ({ phase, name, guessMs }) => ({ phase, name, cached: false, usualMs: (await usualMs(name)) ?? guessMs })));
}

function unique(images: readonly ImageRecipe[]): readonly ImageRecipe[] {
  return [...new Map(images.map((image) => [imageKey(image), image])).values()];
}

/** @throws PlumblineError PL-IMAGE-UNAVAILABLE: before any cluster is made, with every version that cannot be had */
export function refuseProblems(plan: Plan): void {
  if (plan.problems.length === 0) return;
  throw new PlumblineError({
    code: 'PL-IMAGE-UNAVAILABLE', kind: 'usage', expected: 'every version of the plan to be within reach', seen: plan.problems.join('; '),
    next: 'choose another version with --set, e.g. --set collector.version=0.131.0',
  });
}
