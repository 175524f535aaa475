import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StartedApi } from '../clusters/embedded/api-only.ts';
import type { KubeClient } from '../clusters/kube-api.ts';
import { stop } from '../processes/stop.ts';
import type { RunContext, Step } from '../run/context.ts';
import { liveMemory, noStats, peakMemory, startAllocator } from './allocator.ts';
import type { AllocatorPlan, RunningAllocator, Stats } from './allocator.ts';
import { addCollectors, removeCollector } from './collectors.ts';
import type { Crowd } from './collectors.ts';
import type { Scene } from './faults.ts';
import type { SimulationOptions, Size } from './options.ts';
import { settled } from './settled.ts';
import type { Settled } from './settled.ts';
import { writeTargets } from './target-file.ts';
import { countOn } from './targets.ts';

/** What all points share. */
export interface Ground {
  readonly options: SimulationOptions;
  readonly context: RunContext;
  readonly api: StartedApi;
  readonly client: KubeClient;
  /** Path of the allocator. */
  readonly binary: string;
}

const stopGraceMs = 5000;

/** The pods of a point, in a namespace of its own. */
export function crowdOf({ context, client }: Pick<Ground, 'context' | 'client'>, { nodes, targets }: Size): Crowd {
  return { client, runId: context.id, namespace: `pl-${context.id}-${nodes}-${targets}`, signal: context.signal };
}

/** Nodes that have a collector; the first ones lack theirs, where some do. */
export function collectorsOf({ nodes }: Size, missing: number): readonly number[] {
  return Array.from({ length: nodes - missing }, (_, index) => missing + index);
}

/** One simulated cluster and its allocator, as they are now. */
export class Stage implements AsyncDisposable {
  readonly #step: Pick<Step, 'note'>;
  readonly #crowd: Crowd;
  readonly #plan: AllocatorPlan;
  #scene: Scene;
  #collectors: readonly number[];
  #allocator: RunningAllocator | undefined;
  #stats: Stats = noStats;

  constructor({ options, context, api, client, binary }: Ground, size: Size, step: Pick<Step, 'note'>) {
    this.#step = step;
    this.#crowd = crowdOf({ context, client }, size);
    this.#scene = { strategy: options.strategy, ...size };
    this.#collectors = collectorsOf(size, options.missing);
    const dir = join(api.dir, this.#crowd.namespace);
    this.#plan = {
      binary, runId: context.id, namespace: this.#crowd.namespace, strategy: options.strategy, kubeconfig: api.kubeconfigPath, loopback: api.loopback,
      dir, targetFile: join(dir, 'targets', 'targets.json'),
    };
  }

  /** Starts an allocator over targets and collectors that are there already. */
  async start(): Promise<Settled> {
    await writeTargets(this.#plan.targetFile, this.#scene, this.#crowd.signal);
    return this.#startAllocator();
  }

  /** Ends the allocator and starts another in its place. */
  async restart(): Promise<Settled> {
    await this.#stopAllocator();
    return this.#startAllocator();
  }

  /** A node joins, with its collector and no target yet. */
  async collectorJoins(): Promise<Settled> {
    const newcomer = this.#scene.nodes;
    await addCollectors(this.#crowd, [newcomer]);
    this.#collectors = [...this.#collectors, newcomer];
    return this.#settled();
  }

  get collectors(): number {
    return this.#collectors.length;
  }

  /** The collector that leaves next: of the last node that was there from the start. */
  get leaver(): number {
    return this.#scene.nodes - 1;
  }

  /** A collector leaves; per node its node leaves with its targets, which are nobody's then. */
  async collectorLeaves(): Promise<Settled> {
    const { leaver } = this;
    if (this.#scene.strategy === 'per-node') {
      this.#scene = { ...this.#scene, gone: leaver };
      await writeTargets(this.#plan.targetFile, this.#scene, this.#crowd.signal);
    }
    await removeCollector(this.#crowd, leaver);
    this.#collectors = this.#collectors.filter((one) => one !== leaver);
    return this.#settled();
  }

  /** The most memory of the allocator so far, MiB. */
  peakMiB(): Promise<number> {
    return peakMemory(this.#running);
  }

  /** What the allocator has to keep, MiB. */
  liveMiB(): Promise<number> {
    return liveMemory(this.#running, this.#crowd.signal);
  }

  /** How the allocator ended by itself, and its log; undefined while it runs. */
  ended(): { readonly how: string; readonly logFile: string } | undefined {
    const how = this.#allocator?.process.ended();
    return how === undefined || !this.#allocator ? undefined : { how, logFile: this.#allocator.process.logFile };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopAllocator();
    await rm(join(this.#plan.dir, 'targets'), { recursive: true, force: true });
  }

  get #running(): RunningAllocator {
    if (!this.#allocator) throw new Error('no allocator was started');
    return this.#allocator;
  }

  async #startAllocator(): Promise<Settled> {
    this.#allocator = await startAllocator(this.#plan);
    this.#stats = noStats;
    return this.#settled();
  }

  async #stopAllocator(): Promise<void> {
    if (this.#allocator) await stop(this.#allocator.process, stopGraceMs);
  }

  async #settled(): Promise<Settled> {
    const { targets, gone } = this.#scene;
    const present = gone === undefined ? targets : targets - countOn(gone, this.#scene);
    const expected = { scene: this.#scene, collectors: this.#collectors, targets: present };
    const seen = await settled(this.#running, expected, this.#stats, this.#crowd.signal, this.#step);
    this.#stats = seen.stats;
    return seen;
  }
}
