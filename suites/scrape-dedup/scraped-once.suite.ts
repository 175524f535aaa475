import { assignments, defineClaim, deliveredBeyond, placesOf, settle, storedScrapes, targetPlaces, whileHolds } from '../../helpers/index.ts';
import type { Finding, Subject, TargetPlace } from '../../helpers/index.ts';
import { judgeStored } from './stored.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SD-1',
  area: 'scrape-dedup',
  claim: 'every target is scraped exactly once an interval, in the allocator\'s assignments and in the samples that Mimir stored',
  platform: new URL('./scraped-once.yaml', import.meta.url),
  twin: {
    wrong: 'DaemonSet without allocator',
    patch: new URL('./scraped-once.twin.yaml', import.meta.url),
    symptom: /every target by all \d+ collectors/,
  },
  cells: new URL('./scraped-once.cells.yaml', import.meta.url),
  sidesTogether: true,
  usualSecondsPerSide: 50,
  check,
});

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal } = subject;
  const intervalMs = platform.spec.collector.scrapeIntervalSeconds * 1000;
  const targets = await targetPlaces(platform, signal);
  await storedAfter(subject, targets, Date.now(), timing.firstScrape * intervalMs);
  const windowMs = timing.judged * intervalMs;
  const endMs = Date.now() + windowMs;
  await whileHolds('the judged window passes', () => undefined, { forMs: windowMs, signal });
  await storedAfter(subject, targets, endMs, timing.delivery * intervalMs);
  const series = await storedScrapes(platform, endMs, windowMs, signal);
  const assigned = platform.spec.allocator ? await assignments(platform, signal) : undefined;
  return judgeStored({ targets, series, intervalMs, windowMs, collectors: await placesOf(platform, 'collector', signal), ...(assigned ? { assigned } : {}) });
}

/** Waits until each target has a sample stored that is newer than `sinceMs`; what is still missing then is judged. */
async function storedAfter({ platform, signal, note }: Subject, targets: readonly TargetPlace[], sinceMs: number, timeoutMs: number): Promise<void> {
  const names = targets.map((one) => one.target);
  await settle('samples of every target in Mimir', (look) => storedScrapes(platform, Date.now(), timeoutMs, look), (series) => {
    const late = deliveredBeyond(series, names, sinceMs);
    return late.length === 0 ? undefined : `${late.length} of ${names.length} targets not there yet, e.g. ${late[0]}`;
  }, { timeoutMs, signal, note });
}
