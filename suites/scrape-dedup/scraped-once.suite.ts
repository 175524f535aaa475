import { assignments, defineClaim, placesOf, storedScrapes, targetPlaces, targetsStored, whileHolds } from '../../helpers/index.ts';
import type { Finding, Subject } from '../../helpers/index.ts';
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
  const names = targets.map(({ target }) => target);
  await targetsStored(subject, names, { sinceMs: Date.now(), timeoutMs: timing.firstScrape * intervalMs });
  const windowMs = timing.judged * intervalMs;
  const endMs = Date.now() + windowMs;
  await whileHolds('the judged window passes', () => undefined, { forMs: windowMs, signal });
  await targetsStored(subject, names, { sinceMs: endMs, timeoutMs: timing.delivery * intervalMs });
  const series = await storedScrapes(platform, endMs, windowMs, signal);
  const assigned = platform.spec.allocator ? await assignments(platform, signal) : undefined;
  return judgeStored({ targets, series, intervalMs, windowMs, collectors: await placesOf(platform, 'collector', signal), ...(assigned ? { assigned } : {}) });
}
