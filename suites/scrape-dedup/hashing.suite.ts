import { allocation, defineClaim, restartAllocator, scaleCollectors, settle, storedScrapes, targetPlaces, whileHolds } from '../../helpers/index.ts';
import type { Allocation, Finding, Subject, TargetPlace } from '../../helpers/index.ts';
import type { StoredSeries } from '../../helpers/samples.ts';
import { judgeHashing, lacking } from './hashing-judge.ts';
import type { Phase } from './hashing-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SD-4',
  area: 'scrape-dedup',
  claim: 'consistent-hashing: targets spread evenly over a StatefulSet, few more move than must when it goes from 3 to 5 to 3 collectors or its allocator restarts, and none is stored twice two intervals later',
  platform: new URL('./hashing.yaml', import.meta.url),
  twin: {
    wrong: 'least-weighted: what is assigned rests on what the allocator remembers',
    patch: new URL('./hashing.twin.yaml', import.meta.url),
    symptom: /after the allocator's restart \d+ % moved, though 0 % had to/,
  },
  sidesTogether: true,
  usualSecondsPerSide: 90,
  check,
});

/** Collectors that are added and taken away again. */
const more = 2;

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal } = subject;
  const { replicas, scrapeIntervalSeconds } = platform.spec.collector;
  const targets = await targetPlaces(platform, signal);
  const at = (what: string, collectors: number, before?: string): Promise<Phase> => allocated(subject, targets, { what, collectors, ...(before === undefined ? {} : { before }) });
  const phases = [await at('at the start', replicas)];
  for (const [what, collectors] of [[`at ${replicas + more} collectors`, replicas + more], [`back at ${replicas} collectors`, replicas]] as const) {
    await scaleCollectors(platform, collectors, signal);
    phases.push(await followed(subject, targets, await at(what, collectors)));
  }
  const before = await restartAllocator(platform, signal);
  phases.push(await at('after the allocator\'s restart', replicas, before));
  return judgeHashing({ targets, phases, intervalMs: scrapeIntervalSeconds * 1000 });
}

interface Change {
  readonly what: string;
  readonly collectors: number;
  /** An allocator whose answers do not count any more. */
  readonly before?: string;
}

/** Waits until the allocator knows that many collectors and has given every target to one of them; what it has not by then is judged. */
async function allocated({ platform, signal, note }: Subject, targets: readonly TargetPlace[], { what, collectors, before }: Change): Promise<Phase> {
  const timeoutMs = timing.allocated * platform.spec.collector.scrapeIntervalSeconds * 1000;
  const { seen } = await settle<Allocation>(`targets assigned ${what}`, (look) => allocation(platform, look), (one) => {
    if (one.allocator === before) return 'the allocator before still answers';
    return lacking(targets, one.byCollector, collectors);
  }, { timeoutMs, signal, note });
  return { what, collectors, settledAtMs: Date.now(), byCollector: seen.byCollector };
}

/** Adds the samples of what comes after a change: from the change until each target was stored once later than two collectors may store it. */
async function followed({ platform, signal, note }: Subject, targets: readonly TargetPlace[], phase: Phase): Promise<Phase> {
  const intervalMs = platform.spec.collector.scrapeIntervalSeconds * 1000;
  const settledMs = phase.settledAtMs + timing.handover * intervalMs;
  await whileHolds(`two intervals pass ${phase.what}`, () => undefined, { forMs: settledMs + intervalMs - Date.now(), signal });
  const look = (now: AbortSignal): Promise<readonly StoredSeries[]> => storedScrapes(platform, Date.now(), Date.now() - phase.settledAtMs, now);
  const { seen } = await settle('a sample of each target', look, (series) => {
    const stored = new Set(series.filter(({ timesMs }) => (timesMs.at(-1) ?? 0) > settledMs).map(({ target }) => target));
    const late = targets.filter(({ target }) => !stored.has(target));
    return late.length === 0 ? undefined : `${late.length} of ${targets.length} targets not stored again, e.g. ${late[0]?.target}`;
  }, { timeoutMs: timing.storedAgain * intervalMs, signal, note });
  return { ...phase, series: seen };
}
