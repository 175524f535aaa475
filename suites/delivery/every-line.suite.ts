import { apps, defineClaim, judgedBy } from '../../helpers/index.ts';
import type { Finding } from '../../helpers/index.ts';
import { judgeLines } from './lines-judge.ts';
import { loadEvidence, requests, traceIdIn } from './requests.ts';
import type { Requests } from './requests.ts';

export default defineClaim({
  id: 'DL-3',
  area: 'delivery',
  claim: 'every log line is in Loki once, with its trace id',
  platform: new URL('./requests.yaml', import.meta.url),
  twin: {
    wrong: 'lines are read from the files of the apps\' output, which knows no trace',
    patch: new URL('./every-line.twin.yaml', import.meta.url),
    symptom: /without a trace id/,
  },
  usualSecondsPerSide: 30,
  check: judgedBy(requests, judge),
});

function judge(measured: Requests): Finding {
  const finding = judgeLines({ requests: measured.load.numbers ?? [], services: apps, lines: measured.lines, traceIdOf: traceIdIn(measured) });
  return { ...finding, evidence: [...finding.evidence, loadEvidence(measured)] };
}
