import { buildBinary } from '../builds/binary.ts';
import { fetchBuild } from '../builds/build.ts';
import { BuildQueue } from '../builds/queue.ts';
import type { Build } from '../builds/recipe.ts';
import type { ClusterSpec, StartedCluster } from '../clusters/provider.ts';
import { lastCause } from '../errors.ts';
import { pruneCache } from '../images/prune.ts';
import type { Image, ImageRecipe } from '../images/source.ts';
import { clustersOf } from '../platform/clusters.ts';
import { clusterImages, imageKey, platformImages } from '../platform/images.ts';
import type { PlatformSpec } from '../platform/spec.ts';
import type { RunContext } from '../run/context.ts';
import { alsoCached } from '../run/steps.ts';
import { changeNodes } from './node-change.ts';
import { OntoNodes } from './onto-nodes.ts';
import { neededClusters } from './plan.ts';
import type { ResolvedPlan } from './plan.ts';
import type { Recorder } from './recorder.ts';
import { judgeable } from './resolved-claims.ts';
import type { NodeOrder, StageAnswer } from './stage.ts';

/**
 * Makes images and clusters as the plan orders them, and answers each as soon as it is there: a suite starts while the
 * rest still builds.
 */
export class Supply {
  readonly #resolved: ResolvedPlan;
  readonly #context: RunContext;
  readonly #recorder: Recorder;
  readonly #queue: BuildQueue;
  readonly #images = new Map<string, Promise<Image>>();
  readonly #clusters = new Map<string, Promise<StartedCluster>>();
  readonly #binaries: Promise<unknown>;
  readonly #nodes: OntoNodes;
  readonly #over = new Set<string>();
  readonly #removals: Promise<unknown>[] = [];
  #built = false;

  constructor(resolved: ResolvedPlan, context: RunContext, recorder: Recorder) {
    this.#resolved = resolved;
    this.#context = context;
    this.#recorder = recorder;
    this.#queue = new BuildQueue(context.signal);
    this.#nodes = new OntoNodes(context, recorder);
    this.#binaries = Promise.all(resolved.binaries.map((build) => this.#enqueue(build, () =>
      recorder.step('images', `${build.name} ${build.version}`, async (step) => {
        const { cached } = await buildBinary(build, { signal: context.signal, runId: context.id, step });
        this.#built ||= !cached;
      }))));
    this.#binaries.catch(() => undefined);
    for (const recipe of resolved.images) this.#images.set(imageKey(recipe), this.#provide(recipe));
  }

  /** Starts the first claim's clusters. Others are made when they are asked for: an idle cluster takes cores from what is judged. @throws what the first one failed of */
  async startClusters(): Promise<void> {
    const needed = neededClusters(judgeable(this.#resolved.claims).slice(0, 1));
    await Promise.all(needed.map((spec) => this.#cluster(spec)));
  }

  /** These images, without any cluster. @throws what the first one failed of */
  imagesOf(recipes: readonly ImageRecipe[]): Promise<readonly Image[]> {
    return Promise.all(recipes.map((recipe) => this.#provide(recipe)));
  }

  /** Removes the clusters that none of the claims that are left needs, while those go on; those of somebody else go on anyway. */
  claimOver(id: string): void {
    if (!this.#resolved.abilities.ownNodes) return;
    this.#over.add(id);
    const claims = judgeable(this.#resolved.claims).filter(({ claim }) => !this.#over.has(claim.id));
    // After the last one the end of the run removes everything.
    if (claims.length === 0) return;
    const left = neededClusters(claims).map(({ name }) => name);
    for (const [name, created] of this.#clusters) {
      if (left.includes(name)) continue;
      this.#clusters.delete(name);
      // One that could not be made has left nothing.
      this.#removals.push(created.then((cluster) => this.#remove(cluster), () => undefined));
    }
  }

  async #remove(cluster: StartedCluster): Promise<void> {
    await this.#recorder.step('clean-up', `remove cluster ${cluster.name}, which no claim needs any more`, async () => cluster[Symbol.asyncDispose]())
      // The end of the run removes whatever is there.
      .catch((error: unknown) => this.#recorder.problem(`cluster ${cluster.name} could not be removed yet: ${lastCause(error)}`));
  }

  /** Every binary and image of the plan, without any cluster. @throws what the first one failed of */
  async everything(): Promise<void> {
    await Promise.all([this.#binaries, ...this.#images.values()]);
  }

  /** The clusters and images of a platform. @throws whatever a build or a cluster failed of */
  async stage(spec: PlatformSpec): Promise<StageAnswer> {
    const clusters = [...clustersOf(spec)];
    const [images, ...started] = await Promise.all([
      this.imagesOf(platformImages(spec)),
      ...clusters.map(([, cluster]) => this.#cluster(cluster)),
    ]);
    const byKey = new Map(images.map((image) => [imageKey(image), image]));
    // Two names may mean one cluster, where a user gives the same context for both: it needs what either does.
    await Promise.all([...new Set(started)].map((cluster) => {
      const here = clusters.filter((_, index) => started[index] === cluster);
      const needed = here.flatMap(([name]) => clusterImages(spec, name).flatMap((recipe) => byKey.get(imageKey(recipe)) ?? []));
      return this.#nodes.bring(cluster, [...new Set(needed)]);
    }));
    return {
      kubeconfigs: Object.fromEntries(clusters.map(([name], index) => [name, (started[index] as StartedCluster).kubeconfigPath])),
      nodes: Object.fromEntries(clusters.map(([name], index) => [name, (started[index] as StartedCluster).nodes.map((node) => node.name)])),
      images: Object.fromEntries(images.map((one) => [imageKey(one), one.reference])),
      files: Object.fromEntries(images.flatMap((one) => (one.files === undefined ? [] : [[imageKey(one), one.files]]))),
    };
  }

  /** Has nodes join the only cluster of a platform, or leave it. @throws whatever a node failed of */
  async changeNodes({ spec, change }: NodeOrder): Promise<void> {
    const [only] = clustersOf(spec).values();
    if (only) await changeNodes(await this.#cluster(only), change, this.#recorder);
  }

  /** Waits for clusters that are being removed, and bounds the cache once nothing more is built. A cache that could not be bounded is worth a warning, not a run. */
  async settle(): Promise<void> {
    await Promise.all(this.#removals);
    if (!this.#built) return;
    const { binaries, images } = this.#resolved;
    await this.#recorder.step('clean-up', 'bound the build cache', () => pruneCache({ builds: binaries, images }))
      .catch((error: unknown) => this.#recorder.problem(`the build cache could not be bounded: ${lastCause(error)}`));
  }

  #provide(recipe: ImageRecipe): Promise<Image> {
    const known = this.#images.get(imageKey(recipe));
    if (known) return known;
    return this.#enqueue(recipe.build, async () => {
      let cached = false;
      const image = await this.#recorder.step('images', imageKey(recipe), (step) =>
        this.#resolved.imageSource.provide(recipe, this.#context, alsoCached(step, () => (cached = true))));
      this.#built ||= image.source === 'build' && !cached;
      this.#recorder.image(image);
      return image;
    });
  }

  #cluster(spec: ClusterSpec): Promise<StartedCluster> {
    const known = this.#clusters.get(spec.name);
    if (known) return known;
    const created = this.#create(spec);
    // Whoever needs the cluster meets its failure; nobody may need it any more.
    created.catch(() => undefined);
    this.#clusters.set(spec.name, created);
    return created;
  }

  async #create(spec: ClusterSpec): Promise<StartedCluster> {
    const { provider } = this.#resolved;
    await Promise.all([this.#binaries, this.imagesOf(provider.needs().images)]);
    const cluster = await provider.create(spec, this.#context);
    this.#recorder.learn({ kubernetesVersion: cluster.kubernetesVersion });
    return cluster;
  }

  #enqueue<T>(build: Build, work: () => Promise<T>): Promise<T> {
    const fetch = this.#resolved.imageSource.name === 'build' ? { fetch: (signal: AbortSignal) => fetchBuild(build, { signal, runId: this.#context.id }) } : {};
    return this.#queue.add({ ...fetch, work });
  }
}
