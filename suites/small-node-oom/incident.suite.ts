import { defineClaim, failRoute, freshCollector, limiterInForce, startFlow, stopFlow, watchMemory } from '../../helpers/index.ts';
import type { Finding, Subject, Tenant } from '../../helpers/index.ts';
import { faces, judgeIncident } from './incident-judge.ts';
import type { Face, FaceSeen } from './incident-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SN-1',
  area: 'small-node-oom',
  claim: 'the incident: on a node of 2 GiB a collector with memory_limiter but without headroom is killed with its node\'s memory, or hangs, under a load that 4 GiB carry',
  platform: new URL('./incident.yaml', import.meta.url),
  twin: {
    wrong: 'the node has 4 GiB',
    patch: new URL('./incident.twin.yaml', import.meta.url),
    symptom: /survived/,
  },
  needs: ['page-cache'],
  usualSecondsPerSide: 60,
  check,
});

const windows = timing.incident;

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal } = subject;
  const [tenant] = platform.tenants;
  const node = platform.spec.collector.on;
  if (!tenant || node === undefined) throw new Error('this platform has no tenant, or its collector no node');
  await failRoute(platform, tenant, 'tempo', { mode: 'refuse', seconds: windows.outageSeconds }, signal);
  const seen: FaceSeen[] = [];
  for (const face of faces) seen.push(await incident(subject, tenant, node, face));
  return judgeIncident({ node, size: platform.spec.nodeSizes[node], limiter: await limiterInForce(tenant, signal), load: windows.flood, seen });
}

async function incident({ platform, signal, note }: Subject, tenant: Tenant, node: string, face: Face): Promise<FaceSeen> {
  const say = (text: string): void => note(`${face.name}: ${text}`);
  const collector = await freshCollector(platform, tenant, node, face.conditions, { signal, note: say });
  await failRoute(platform, tenant, 'tempo', { mode: 'refuse', seconds: windows.outageSeconds }, signal);
  const flow = await startFlow(platform, tenant, { name: `${tenant.id}-${face.name.replaceAll(' ', '-')}`, signal: 'traces', via: 'collector', ...windows.flood }, signal);
  const line = await watchMemory(tenant, collector, flow, { timeoutMs: windows.boundSeconds * 1000, tailMs: windows.tailSeconds * 1000, signal, note: say });
  return { face, line, flow: await stopFlow(flow, signal) };
}
