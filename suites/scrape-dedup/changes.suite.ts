import { defineClaim, growTo, placesOf, restartCollector, storedScrapes, targetsStored, whileHolds } from '../../helpers/index.ts';
import type { Finding, Subject } from '../../helpers/index.ts';
import { judgeChanges } from './changes-judge.ts';
import type { Change } from './changes-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SD-5',
  area: 'scrape-dedup',
  claim: 'a node that joins or leaves, or a collector that restarts, costs two intervals at most, and nothing is stored twice',
  platform: new URL('./changes.yaml', import.meta.url),
  twin: {
    wrong: 'DaemonSet without allocator',
    patch: new URL('./changes.twin.yaml', import.meta.url),
    symptom: /\b\d\d targets doubled/,
  },
  sidesTogether: true,
  usualSecondsPerSide: 210,
  check,
});

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal } = subject;
  const { nodes, targets } = platform.spec;
  const intervalMs = platform.spec.collector.scrapeIntervalSeconds * 1000;
  const pods = targets?.pods ?? 0;
  const perNode = Math.round(pods / nodes);
  await growTo(subject, nodes, pods);
  await allStored(subject, intervalMs, timing.firstScrape);
  const [startMs, before] = [Date.now(), await targetPods(subject)];
  const changes: Change[] = [];
  const change = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const beganMs = Date.now();
    await work();
    changes.push({ what, startMs: beganMs, readyMs: Date.now() });
    await allStored(subject, intervalMs, timing.changes.settling);
    await whileHolds(`what follows: ${what}`, () => undefined, { forMs: timing.changes.after * intervalMs, signal });
  };
  await change(`node-${nodes + 1} joined`, () => growTo(subject, nodes + 1, pods + perNode));
  await change(`node-${nodes + 1} left`, () => growTo(subject, nodes, pods + perNode));
  await change('the collector of node-2 restarted', () => restartCollector(subject, 'node-2'));
  const endMs = Date.now();
  const after = await targetPods(subject);
  await allStored(subject, intervalMs, timing.delivery, endMs);
  const series = await storedScrapes(platform, endMs, endMs - startMs, signal);
  return judgeChanges({ changes, before, after, series, startMs, endMs, intervalMs });
}

async function allStored(subject: Subject, intervalMs: number, intervals: number, sinceMs = Date.now()): Promise<void> {
  await targetsStored(subject, await targetPods(subject), { sinceMs, timeoutMs: intervals * intervalMs });
}

async function targetPods({ platform, signal }: Subject): Promise<readonly string[]> {
  return (await placesOf(platform, 'target', signal)).map(({ pod }) => pod);
}
