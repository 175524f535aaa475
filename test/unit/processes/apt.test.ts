import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { policyScript } from '../../../src/processes/apt.ts';

it('forbids service starts only as long as its writer lives, and is no trap after that', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'plumbline-policy-'));
  const path = join(dir, 'policy-rc.d');
  try {
    await writeFile(path, policyScript(process.pid), { mode: 0o755 });
    expect(spawnSync(path, ['containerd', 'start']).status).toBe(101);
    expect(existsSync(path)).toBe(true);
    const { pid } = spawnSync('true');
    await writeFile(path, policyScript(pid));
    expect(spawnSync(path, ['containerd', 'start']).status).toBe(0);
    expect(existsSync(path)).toBe(false);
  } finally {
    await rm(dir, { recursive: true });
  }
});
