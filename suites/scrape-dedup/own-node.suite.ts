import { assignments, collectorsOf, defineClaim, placesOf, scrapesSince, settle, targetPlaces, unscraped, whileHolds } from '../../helpers/index.ts';
import type { Finding, PodPlace, Subject, TargetPlace } from '../../helpers/index.ts';
import type { Scrape } from '../../helpers/scrapes.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SD-2',
  area: 'scrape-dedup',
  claim: 'per-node: each collector scrapes the targets of its own node only',
  platform: new URL('./own-node.yaml', import.meta.url),
  twin: {
    wrong: 'consistent-hashing on the DaemonSet',
    patch: new URL('./own-node.twin.yaml', import.meta.url),
    symptom: /scraped across nodes/,
  },
  sidesTogether: true,
  usualSecondsPerSide: 40,
  check,
});

async function check({ platform, signal, note }: Subject): Promise<Finding> {
  const intervalMs = platform.spec.collector.scrapeIntervalSeconds * 1000;
  const targets = await targetPlaces(platform, signal);
  const collectors = await placesOf(platform, 'collector', signal);
  const startMs = Date.now();
  await settle('every target scraped', (look) => scrapesSince(platform, startMs, look), (scrapes) => {
    const left = unscraped(targets, scrapes, collectors);
    return left.length === 0 ? undefined : `${left.length} of ${targets.length} targets not yet, e.g. ${left[0]?.target}`;
  }, { timeoutMs: timing.firstScrape * intervalMs, signal, note });
  const windowStartMs = Date.now();
  await whileHolds('the judged window passes', () => undefined, { forMs: timing.judged * intervalMs, signal });
  const scrapes = await scrapesSince(platform, windowStartMs, signal);
  return judge(targets, collectors, scrapes, await assignments(platform, signal));
}

function judge(targets: readonly TargetPlace[], collectors: readonly PodPlace[], scrapes: readonly Scrape[], assigned: ReadonlyMap<string, readonly string[]>): Finding {
  const at = new Map(collectors.map((one) => [one.address, one]));
  const across = scrapes.filter((scrape) => at.get(scrape.from)?.node !== scrape.target.node);
  const nodeOf = new Map(collectors.map((one) => [one.pod, one.node]));
  const assignedAcross = targets.filter((target) => collectorsOf(target, assigned).some((pod) => nodeOf.get(pod) !== target.node));
  const left = unscraped(targets, scrapes, collectors);
  const wrongTargets = new Set([...across.map((one) => one.target.target), ...assignedAcross.map((one) => one.target)]);
  const offenders = [
    ...[...new Set(across.map((one) => `${one.target.target} (${one.target.node}) scraped by ${scraper(one.from, at)}`))],
    ...left.map((one) => `${one.target} (${one.node}) scraped by nobody`),
  ];
  const holds = wrongTargets.size === 0 && left.length === 0;
  return {
    holds,
    expected: `${targets.length} targets, each assigned to and scraped by the collector of its own node`,
    observed: holds
      ? `${targets.length} of ${targets.length} targets on their own node, ${scrapes.length} scrapes, none from elsewhere`
      : `${wrongTargets.size} of ${targets.length} targets scraped across nodes, ${left.length} not at all; ${across.length} of ${scrapes.length} scrapes from elsewhere`,
    ...(holds ? {} : { cause: offenders[0] ?? `${assignedAcross[0]?.target} is assigned across nodes` }),
    evidence: [
      { what: 'targets: who scraped them, as they saw it', data: summary(scrapes, at) },
      { what: 'allocator: collectors by target', data: Object.fromEntries(assigned) },
      { what: 'offenders', data: offenders },
    ],
  };
}

function scraper(address: string, at: ReadonlyMap<string, PodPlace>): string {
  const collector = at.get(address);
  return collector ? `${collector.pod} (${collector.node})` : `${address}, which is no collector of this platform`;
}

function summary(scrapes: readonly Scrape[], at: ReadonlyMap<string, PodPlace>): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const { target, from } of scrapes) {
    const byScraper = counts[`${target.target} (${target.node})`] ??= {};
    byScraper[scraper(from, at)] = (byScraper[scraper(from, at)] ?? 0) + 1;
  }
  return counts;
}
