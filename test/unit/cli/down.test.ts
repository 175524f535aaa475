import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { removeRuns } from '../../../src/cli/down.ts';
import type { ClusterProvider } from '../../../src/clusters/provider.ts';
import { writeOwner } from '../../../src/run/owner.ts';
import { runsDir, socketsDir } from '../../../src/run/paths.ts';

let state = '';
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'plumbline-down-'));
  vi.stubEnv('XDG_STATE_HOME', state);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
  // Owners are written down beside the sockets as well, which no variable moves.
  rmSync(socketsDir('alive1'), { recursive: true, force: true });
});

function runFolder(id: string): string {
  const folder = join(runsDir(), id);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs in memory: what `down` chooses to remove is tested here, that it is really gone in the integration tests. */
function provider(runs: readonly string[], remove: ClusterProvider['remove'] = async () => ['a link']): ClusterProvider {
  const unused = () => Promise.reject(new Error('not called'));
  return { name: 'embedded', abilities: unused, prepare: unused, create: unused, needs: () => ({ binaries: [], images: [] }), remove, findRuns: async () => runs };
}

describe('down', () => {
  it('removes what ended runs left, also runs of which there is only a folder, and asks only providers that have something of a run', async () => {
    await writeOwner(runFolder('alive1'), { command: 'run', kept: false });
    runFolder('dead01');
    runFolder('not-a-run');
    expect(await removeRuns([], [provider(['ghost1', 'alive1'])])).toEqual([
      { runId: 'alive1', outcome: 'spared' },
      { runId: 'dead01', outcome: 'removed', things: [`folder ${join(runsDir(), 'dead01')}`] },
      { runId: 'ghost1', outcome: 'removed', things: ['a link'] },
    ]);
    expect([existsSync(join(runsDir(), 'alive1')), existsSync(join(runsDir(), 'dead01')), existsSync(join(runsDir(), 'not-a-run'))]).toEqual([true, false, true]);
  });

  it('removes a run that still works when it is named, and only the named', async () => {
    await writeOwner(runFolder('alive1'), { command: 'run', kept: false });
    runFolder('dead01');
    expect(await removeRuns(['alive1', 'alive1'], [provider(['alive1'])])).toEqual([{ runId: 'alive1', outcome: 'removed', things: ['a link', `folder ${socketsDir('alive1')}`, `folder ${join(runsDir(), 'alive1')}`] }]);
    expect(existsSync(join(runsDir(), 'dead01'))).toBe(true);
  });

  it('spares what somebody elsewhere may work with, unless it is named', async () => {
    const shared: ClusterProvider = { ...provider(['theirs']), isElsewhere: (id) => id === 'theirs' };
    expect(await removeRuns([], [shared])).toEqual([{ runId: 'theirs', outcome: 'spared' }]);
    expect(await removeRuns(['theirs'], [shared])).toMatchObject([{ runId: 'theirs', outcome: 'removed' }]);
  });

  it('goes on after a run that cannot be removed, and keeps its folder for the next time', async () => {
    runFolder('first1');
    runFolder('second');
    const remove = async (id: string) => (id === 'first1' ? Promise.reject(new Error('outer', { cause: new Error('device busy') })) : []);
    expect(await removeRuns([], [provider(['first1', 'second'], remove)])).toEqual([
      { runId: 'first1', outcome: 'failed', cause: 'device busy' },
      { runId: 'second', outcome: 'removed', things: [`folder ${join(runsDir(), 'second')}`] },
    ]);
    expect(existsSync(join(runsDir(), 'first1'))).toBe(true);
  });

  it.each(['dead02', '../../..', ''])('refuses %j, of which nothing exists, before it removes anything', async (name) => {
    runFolder('dead01');
    await expect(removeRuns(['dead01', name], [provider([])])).rejects.toMatchObject({ problem: { code: 'PL-RUN-UNKNOWN', kind: 'usage', expected: 'one of dead01' } });
    expect(existsSync(join(runsDir(), 'dead01'))).toBe(true);
  });
});
