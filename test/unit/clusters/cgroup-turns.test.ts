import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { carryOut, removeEmptyGroup } from '../../../src/clusters/embedded/cgroup-files.ts';

test('a run\'s group does not go away from under a cluster that is being made', async () => {
  const root = await mkdtemp(join(tmpdir(), 'plumbline-groups-'));
  const [source, group] = [join(root, 'cpuset.cpus'), join(root, 'run')];
  await writeFile(source, '0-1');
  try {
    for (let round = 0; round < 100; round += 1) {
      const made = carryOut([{ make: group }, { copy: source, to: join(group, 'cpuset.cpus') }]);
      await expect(Promise.all([made, removeEmptyGroup(group), removeEmptyGroup(group)])).resolves.toBeDefined();
      await rm(group, { recursive: true });
    }
  } finally {
    await rm(root, { recursive: true });
  }
});
