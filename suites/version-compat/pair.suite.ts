import { assignments, defineClaim, deliveredBeyond, firstErrors, placesOf, scrapesSince, settle, storedScrapes, unscraped } from '../../helpers/index.ts';
import type { Finding, Subject } from '../../helpers/index.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'VC-1',
  area: 'version-compat',
  claim: 'allocator and collector of these versions create their scrape pools, scrape every target and deliver the samples',
  platform: new URL('./pair.yaml', import.meta.url),
  twin: {
    wrong: 'allocator 0.127.0 with collector 0.128.0',
    patch: new URL('./pair.twin.yaml', import.meta.url),
    symptom: /invalid metric name (validation|escaping) scheme/,
  },
  cells: new URL('./pair.cells.yaml', import.meta.url),
  brokenByExit: true,
  ownVersions: true,
  sidesTogether: true,
  usualSecondsPerSide: 50,
  check,
});

interface Seen {
  readonly assigned: number;
  readonly unscraped: readonly string[];
  readonly undelivered: readonly string[];
}

async function check({ platform, signal, note }: Subject): Promise<Finding> {
  const startMs = Date.now();
  const timeoutMs = (timing.discoverySeconds + timing.delivered * platform.spec.collector.scrapeIntervalSeconds) * 1000;
  const targets = await placesOf(platform, 'target', signal);
  const collectors = await placesOf(platform, 'collector', signal);
  const names = targets.map((one) => one.pod);
  const { complete, seen } = await settle<Seen>('every target scraped and delivered', async (look) => ({
    assigned: (await assignments(platform, look)).size,
    unscraped: unscraped(targets, await scrapesSince(platform, startMs, look), collectors).map((one) => one.pod),
    undelivered: deliveredBeyond(await storedScrapes(platform, Date.now(), timeoutMs, look), names, startMs),
  }), missing, { timeoutMs, signal, note });
  const errors = await firstErrors(platform, signal);
  const scraped = targets.length - seen.unscraped.length;
  const delivered = targets.length - seen.undelivered.length;
  return {
    holds: complete,
    expected: `${targets.length} targets assigned, scraped and delivered within ${timeoutMs / 1000} s`,
    observed: `${collectors.length} collectors Ready; ${seen.assigned} targets assigned, ${scraped} scraped, ${delivered} delivered`,
    ...(complete ? {} : { cause: errors[0]?.text ?? `no error in any collector's log; ${missing(seen)}` }),
    evidence: [
      { what: 'allocator, targets and Mimir', data: { targets: targets.length, ...seen } },
      { what: 'first error-level line of each collector', data: errors },
    ],
  };
}

function missing({ unscraped, undelivered }: Seen): string | undefined {
  if (unscraped.length > 0) return `${unscraped.length} targets not scraped, e.g. ${unscraped[0]}`;
  if (undelivered.length > 0) return `${undelivered.length} targets not delivered, e.g. ${undelivered[0]}`;
  return undefined;
}
