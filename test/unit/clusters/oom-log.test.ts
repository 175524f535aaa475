import { expect, test } from 'vitest';
import { parseOomKills } from '../../../src/clusters/oom-log.ts';

const log = `[15789.890644] otelcol invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=1000
[15789.891053] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=0d7c,mems_allowed=0,oom_memcg=/plumbline-abc123/0/nodes/node-2,task_memcg=/plumbline-abc123/0/nodes/node-2/kubepods/besteffort/pod8a69251e-d511/0d7c,task=otelcol,pid=4161,uid=10001
[15789.891060] Memory cgroup out of memory: Killed process 4161 (otelcol) total-vm:1kB
[   12.500000] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,task=stress ng, 2,pid=77,uid=0
[   13.000000] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg=/a/pod1/c,task_memcg=/a/pod1/c,task=a b, c,pid=78,uid=0
`;

test('whose limit was reached and whom the kernel chose is read from its own line; a whole machine out of memory is none of a group', () => {
  expect(parseOomKills(log)).toEqual([
    { atSeconds: 15789.891053, limitOf: '/plumbline-abc123/0/nodes/node-2', chosenIn: '/plumbline-abc123/0/nodes/node-2/kubepods/besteffort/pod8a69251e-d511/0d7c', process: 'otelcol' },
    { atSeconds: 13, limitOf: '/a/pod1/c', chosenIn: '/a/pod1/c', process: 'a b, c' },
  ]);
});
