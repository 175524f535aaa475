import axios from 'axios';
import { expect, test } from 'vitest';
import { get, json } from '../../../src/clusters/kube-api.ts';
import { kubeClient } from '../../../src/clusters/kubernetes.ts';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { call, outputFolder, reportIn } from './cli.ts';

test('a platform that stays up and a run beside it do not meet; down removes what stayed, and only that', async () => {
  await using upOutput = await outputFolder();
  await using runOutput = await outputFolder();
  const [up, run] = await Promise.all([call('up', 'SD-2', '--output', upOutput.path), call('run', 'SD-2', '--set', 'collector.scrapeIntervalSeconds=1', '--output', runOutput.path)]);
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  expect(run.exitCode, run.stdout + run.stderr).toBe(0);
  const report = await reportIn(runOutput.path);
  const id = /^Run ([a-z0-9]{6}) stays up/m.exec(up.stdout)?.[1] ?? '';
  expect(await embeddedProvider().findRuns()).toContain(id);
  expect(await embeddedProvider().findRuns()).not.toContain(report.run.id);

  const client = await kubeClient(/KUBECONFIG=(\S+)/.exec(up.stdout)?.[1] ?? '');
  const nodes = json(await get(client, '/api/v1/nodes')) as { items: unknown[] };
  expect(nodes.items).toHaveLength(3);
  const allocator = /allocator-\S+\s+(http:\S+)/.exec(up.stdout)?.[1] ?? '';
  expect((await axios.get(allocator, { proxy: false })).data).toHaveProperty('plumbline-targets');

  const down = await call('down');
  expect(down.stdout).toContain(`${id}  removed`);
  expect(await embeddedProvider().findRuns()).not.toContain(id);
});
