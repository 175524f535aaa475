import { defineClaim, growTo, placesOf, scrapersUsage, scrapesSince, settle, storedScrapes, storedSeriesCount, whileHolds } from '../../helpers/index.ts';
import type { Finding, StoredSeries, Subject } from '../../helpers/index.ts';
import { judgeGrowth } from './growth-judge.ts';
import type { GrowthPoint } from './growth-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SD-3',
  area: 'scrape-dedup',
  claim: 'stored samples per target stay what they are however many nodes the cluster has',
  platform: new URL('./growth.yaml', import.meta.url),
  twin: {
    wrong: 'DaemonSet without allocator',
    patch: new URL('./growth.twin.yaml', import.meta.url),
    symptom: /grows with the nodes: .*; (0\.9|1\.0)\d more a node/,
  },
  // The same nodes join for both: the pair is measured on one cluster as it grows.
  sidesTogether: true,
  usualSecondsPerSide: 180,
  check,
});

async function check(subject: Subject): Promise<Finding> {
  const { nodes, spareNodes, targets } = subject.platform.spec;
  const perNode = (targets?.pods ?? 0) / nodes;
  const points: GrowthPoint[] = [];
  for (const count of sizes(nodes, nodes + spareNodes)) {
    await growTo(subject, count, Math.round(perNode * count));
    points.push(await measured(subject, count));
  }
  return judgeGrowth(points);
}

/** Doubled from the first to the last: 1, 2, 4, 8, 14. */
function sizes(first: number, last: number): readonly number[] {
  const doubled = Array.from({ length: Math.ceil(Math.log2(last / first)) }, (_, index) => first * 2 ** index);
  return [...doubled, last];
}

async function measured(subject: Subject, nodes: number): Promise<GrowthPoint> {
  const { platform, signal, note } = subject;
  const intervalMs = platform.spec.collector.scrapeIntervalSeconds * 1000;
  const targets = (await placesOf(platform, 'target', signal)).length;
  await settled(subject, targets, intervalMs);
  const windowMs = timing.curve.judged * intervalMs;
  const [startMs, before] = [Date.now(), await scrapersUsage(platform, signal)];
  note(`${nodes} nodes: the judged window passes`);
  await whileHolds('the judged window passes', () => undefined, { forMs: windowMs, signal });
  const [endMs, after] = [startMs + windowMs, await scrapersUsage(platform, signal)];
  const tookMs = Date.now() - startMs;
  // The other side's collectors ask the same targets.
  const own = new Set((await placesOf(platform, 'collector', signal)).map(({ address }) => address));
  const scrapes = (await scrapesSince(platform, startMs, signal)).filter(({ atMs, from }) => atMs <= endMs && own.has(from));
  const series = await delivered(subject, endMs, windowMs, intervalMs);
  return {
    nodes, targets, samples: count(series), ideal: targets * timing.curve.judged, windowMs,
    cpuSeconds: (after.cpuSeconds - before.cpuSeconds) * windowMs / tookMs, memoryMiB: after.memoryMiB,
    scrapedBytes: scrapes.reduce((sum, { bytes }) => sum + bytes, 0), series: await storedSeriesCount(platform, endMs, signal),
  };
}

/** Waits until every target is stored, and who scrapes what has stayed as it is for a while. */
async function settled({ platform, signal, note }: Subject, targets: number, intervalMs: number): Promise<void> {
  let [pairs, sinceMs] = ['', Date.now()];
  await settle('who scrapes what settled', (look) => storedScrapes(platform, Date.now(), 3 * intervalMs, look), (series) => {
    const now = series.map((one) => `${one.target} ${one.collector}`).toSorted().join();
    if (now !== pairs) [pairs, sinceMs] = [now, Date.now()];
    const found = new Set(series.map(({ target }) => target)).size;
    if (found < targets) return `${found} of ${targets} targets stored`;
    return Date.now() - sinceMs < timing.curve.settled * intervalMs ? `${series.length} series of ${found} targets` : undefined;
  }, { timeoutMs: timing.curve.settling * intervalMs, signal, note });
}

/** The samples of a window, once a later one of each series is there as well. */
async function delivered({ platform, signal, note }: Subject, endMs: number, windowMs: number, intervalMs: number): Promise<readonly StoredSeries[]> {
  await settle('the window delivered', (look) => storedScrapes(platform, Date.now(), 4 * intervalMs, look), (series) => {
    const late = series.filter(({ timesMs }) => (timesMs.at(-1) ?? 0) <= endMs);
    return late.length === 0 ? undefined : `${late.length} of ${series.length} series`;
  }, { timeoutMs: timing.delivery * intervalMs, signal, note });
  return storedScrapes(platform, endMs, windowMs, signal);
}

function count(series: readonly StoredSeries[]): number {
  return series.reduce((sum, { timesMs }) => sum + timesMs.length, 0);
}
