import { apps, defineClaim, judgedBy, reckonTraces } from '../../helpers/index.ts';
import type { Finding } from '../../helpers/index.ts';
import { loadEvidence, requests } from './requests.ts';
import type { Requests } from './requests.ts';

export default defineClaim({
  id: 'DL-1',
  area: 'delivery',
  claim: 'every request to the apps has its whole trace in Tempo, once',
  platform: new URL('./requests.yaml', import.meta.url),
  twin: {
    wrong: 'one collector\'s exporters lead nowhere',
    patch: new URL('./every-trace.twin.yaml', import.meta.url),
    symptom: /[1-9]\d* (partial|missing)/,
  },
  // Nothing is judged on time here, and two pairs of apps take their time to start.
  sidesTogether: true,
  usualSecondsPerSide: 40,
  check: judgedBy(requests, judge),
});

function judge(measured: Requests): Finding {
  const { load, traces } = measured;
  const { sent, whole, missing, partial, doubled, faults } = reckonTraces({ numbers: load.numbers ?? [], services: apps, traces });
  const [first] = faults;
  return {
    holds: whole === sent && sent > 0,
    expected: `${load.requests} whole traces, each through ${apps.join(' and ')}`,
    observed: whole === sent ? `${whole} of ${sent} traces whole, none twice` : `${whole} of ${sent} traces whole; ${missing} missing, ${partial} partial, ${doubled} doubled`,
    ...(first ? { cause: `request ${first.number}: ${first.what}` } : {}),
    evidence: [{ what: 'ledger of traces', data: { sent, whole, missing, partial, doubled, faults } }, loadEvidence(measured)],
  };
}
