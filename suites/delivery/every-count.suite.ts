import { defineClaim, judgedBy } from '../../helpers/index.ts';
import type { Finding } from '../../helpers/index.ts';
import { judgeCounters } from './counters-judge.ts';
import { loadEvidence, requests } from './requests.ts';
import type { Requests } from './requests.ts';

export default defineClaim({
  id: 'DL-2',
  area: 'delivery',
  claim: 'counters in Mimir equal the number of requests made, exactly',
  platform: new URL('./requests.yaml', import.meta.url),
  twin: {
    wrong: 'a second scraper: every node\'s collector finds its targets by itself',
    patch: new URL('./every-count.twin.yaml', import.meta.url),
    symptom: /is there 2 times, by collector/,
  },
  usualSecondsPerSide: 30,
  check: judgedBy(requests, judge),
});

function judge(measured: Requests): Finding {
  const finding = judgeCounters(measured.load.requests, measured.counters);
  return { ...finding, evidence: [...finding.evidence, loadEvidence(measured)] };
}
