import { defineConfig } from 'vitest/config';

/** Plumbline's own tests. Suites are not among them: `plumbline run` judges platforms, this judges Plumbline. */
export default defineConfig({
  test: {
    reporters: ['default', './scripts/tally.ts'],
    // Of tests that say that they may run beside each other: two cores bear two clusters.
    maxConcurrency: 2,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000, sequence: { groupOrder: 0 } } },
      { test: { name: 'build', include: ['test/integration/everything-builds.test.ts'], testTimeout: 60 * 60_000, sequence: { groupOrder: 1 } } },
      {
        // Real clusters share two cores and this machine's network, so one after the other.
        test: {
          name: 'integration', include: ['test/integration/*/**/*.test.ts'], fileParallelism: false, maxWorkers: 1,
          testTimeout: 300_000, hookTimeout: 300_000, sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
