import { allocatorCounts, assignments, collectorsOf, defineClaim, nodelessScrapes, nodelessTargets, settle, targetJobs, targetPlaces, targetsStored, whileHolds } from '../../helpers/index.ts';
import type { Finding, Subject } from '../../helpers/index.ts';
import { judgeNodeless, undecided } from './nodeless-judge.ts';
import type { Nodeless } from './nodeless-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SD-6',
  area: 'scrape-dedup',
  claim: 'per-node: a target without a node is reported as unassigned, by name, and never lost in silence',
  platform: new URL('./nodeless.yaml', import.meta.url),
  twin: {
    wrong: 'the allocator falls back on consistent-hashing',
    patch: new URL('./nodeless.twin.yaml', import.meta.url),
    symptom: /targets without a node are assigned all the same and scraped/,
  },
  usualSecondsPerSide: 40,
  check,
});

async function check({ platform, signal, note }: Subject): Promise<Finding> {
  const intervalMs = platform.spec.collector.scrapeIntervalSeconds * 1000;
  const startMs = Date.now();
  const [targets, nodeless] = [await targetPlaces(platform, signal), await nodelessTargets(platform, signal)];
  const look = async (now: AbortSignal): Promise<Omit<Nodeless, 'scrapes'>> => {
    const assigned = await assignments(platform, now, [...targetJobs(platform), ...nodeless.map(({ job }) => job)]);
    return { nodeless, assigned, counts: await allocatorCounts(platform, now), pods: targets.map((one) => ({ target: one.target, collectors: collectorsOf(one, assigned) })) };
  };
  const timeoutMs = timing.firstScrape * intervalMs;
  await settle('every target assigned or counted', look, undecided, { timeoutMs, signal, note });
  // What is on a node is there by now: so would be what is on none, were it scraped.
  await targetsStored({ platform, signal, note }, targets.map(({ target }) => target), { sinceMs: startMs, timeoutMs });
  const windowMs = timing.judged * intervalMs;
  await whileHolds('the judged window passes', () => undefined, { forMs: windowMs, signal });
  const scrapes = await nodelessScrapes(platform, Date.now(), windowMs, signal);
  return judgeNodeless({ ...await look(signal), scrapes });
}
