import { defineClaim, nodeInventory, whileHolds } from '../../helpers/index.ts';
import type { Finding, Subject } from '../../helpers/index.ts';
import { judgePlacement } from './affinity-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SN-2',
  area: 'small-node-oom',
  claim: 'required nodeAffinity keeps collectors off nodes under 4 GiB; nodes without a collector are listed, with what runs there unseen',
  platform: new URL('./affinity.yaml', import.meta.url),
  twin: {
    wrong: 'no affinity',
    patch: new URL('./affinity.twin.yaml', import.meta.url),
    symptom: /collector-\S+ on node-2 \(2048 MiB\)/,
  },
  usualSecondsPerSide: 8,
  check,
});

async function check({ platform, signal, note }: Subject): Promise<Finding> {
  const [tenant] = platform.tenants;
  if (!tenant) throw new Error('this platform has no tenant');
  // Everything is Ready: what is not there now does not come later either, and the window shows it.
  const nodes = await whileHolds('collectors where they are', ({ signal: look }) => nodeInventory(platform, tenant, look), { forMs: timing.placedSeconds * 1000, signal, step: { note } });
  return judgePlacement(nodes ?? [], timing.leastNodeMiB);
}
