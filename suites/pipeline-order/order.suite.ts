import { defineClaim, lintedConfigurations } from '../../helpers/index.ts';
import type { Finding, NotJudged, Subject } from '../../helpers/index.ts';
import { judgeOrder } from './order-judge.ts';

export default defineClaim({
  id: 'PO-1',
  area: 'pipeline-order',
  claim: 'memory_limiter first, then enrichment, then filters, batch last: checked in the configuration that collectors run with, by file and line',
  platform: new URL('./order.yaml', import.meta.url),
  twin: {
    wrong: 'the limiter comes last',
    patch: new URL('./order.twin.yaml', import.meta.url),
    symptom: /collector\.yaml:\d+:\d+ limiter-not-first/,
  },
  // The other two ways of getting it wrong.
  cells: new URL('./order.cells.yaml', import.meta.url),
  // Nothing is sent.
  sidesTogether: true,
  usualSecondsPerSide: 10,
  check,
});

async function check({ platform, signal }: Subject): Promise<Finding | NotJudged> {
  const [tenant] = platform.tenants;
  if (!tenant) throw new Error('this platform has no tenant');
  return judgeOrder(await lintedConfigurations(platform, tenant, signal), platform.spec.collector.config?.file);
}
