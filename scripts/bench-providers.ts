/** For `npm run bench -- providers nodes`: how soon a cluster of three nodes is ready, and gone, on both providers that make one here; and larger ones. */
import { join } from 'node:path';
import { customAlphabet } from 'nanoid';
import { median } from 'simple-statistics';
import { embeddedProvider } from '../src/clusters/embedded/index.ts';
import { k3sProvider } from '../src/clusters/k3s/index.ts';
import { clusterOf } from '../src/clusters/provider.ts';
import type { ClusterProvider } from '../src/clusters/provider.ts';
import type { RunContext } from '../src/run/context.ts';
import { writeOwner } from '../src/run/owner.ts';
import { runsDir } from '../src/run/paths.ts';
import { startEngine } from './docker/engine.ts';
import { loadStandIn } from './docker/k3s-stand-in.ts';

/** Milliseconds, the median of the rounds. */
export interface ProviderTimes {
  readonly readyMs: number;
  readonly goneMs: number;
}

/** Each provider in turn, so that what else the machine does meets both. */
const rounds = 3;

const newRunId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 6);

export async function providerTimes(): Promise<Readonly<Record<'embedded' | 'k3s', ProviderTimes>>> {
  const context = await newRun();
  await using engine = await startEngine(context.id, context.signal);
  process.env['DOCKER_HOST'] = engine.host;
  const k3s = k3sProvider({ k3sImage: await loadStandIn(engine.host, context) });
  const seen = { embedded: [] as ProviderTimes[], k3s: [] as ProviderTimes[] };
  for (let round = 0; round < rounds; round += 1) {
    seen.embedded.push(await once(embeddedProvider()));
    seen.k3s.push(await once(k3s));
  }
  return { embedded: medians(seen.embedded), k3s: medians(seen.k3s) };
}

/** How soon an embedded cluster of so many nodes is ready: milliseconds, the median of the rounds. */
export async function readyMs(nodes: number, times = rounds): Promise<number> {
  const seen: number[] = [];
  for (let round = 0; round < times; round += 1) seen.push((await once(embeddedProvider(), nodes)).readyMs);
  return median(seen);
}

async function once(provider: ClusterProvider, nodes = 3): Promise<ProviderTimes> {
  const context = await newRun();
  const started = performance.now();
  await provider.create(clusterOf(nodes), context);
  const ready = performance.now();
  await provider.remove(context.id);
  return { readyMs: ready - started, goneMs: performance.now() - ready };
}

function medians(times: readonly ProviderTimes[]): ProviderTimes {
  return { readyMs: median(times.map(({ readyMs }) => readyMs)), goneMs: median(times.map(({ goneMs }) => goneMs)) };
}

async function newRun(): Promise<RunContext> {
  const id = newRunId();
  const dir = join(runsDir(), id);
  await writeOwner(dir, { command: 'bench', kept: false });
  return { id, dir, emit: () => undefined, signal: new AbortController().signal };
}
