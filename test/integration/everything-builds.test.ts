import { expect, test } from 'vitest';
import { plainReporter } from '../../src/reports/plain.ts';
import { styleOf } from '../../src/reports/style.ts';
import { withSession } from '../../src/runner/session.ts';
import { newRunId } from './clusters/support.ts';

/**
 * Runs before every other integration test, so that none of them waits for a compiler: on a machine that has built
 * nothing it takes half an hour, on any other a second. Installs what the provider needs of the machine, too. Of the locked versions
 * these are the few that claims name; test/unit/components/locks.test.ts reads the others.
 */
test('everything that the claims and their cluster need can be built here', async () => {
  const reporter = plainReporter(process.stdout, styleOf(process.stdout, false));
  const options = {
    runId: newRunId(), selectors: [], provider: 'auto', images: 'auto', clusters: {}, keep: 'never', outputDir: '', failFast: false, repeat: 1, set: {}, command: 'npm test',
  } as const;
  const report = await withSession(options, reporter, new AbortController().signal, ({ supply }) => supply.everything());
  expect(report.steps.filter((step) => step.failed !== undefined)).toEqual([]);
  expect(report.images.length).toBeGreaterThan(6);
});
