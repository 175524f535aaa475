import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** vitest reporter: ends a test run with the one line that CI reads, `N passed, N failed` and what was skipped. */
export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test: TestCase) => test.result().state));
    const count = (state: string): number => states.filter((one) => one === state).length;
    // A file that could not be loaded has no tests, and is a failure all the same.
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandled.length;
    const skipped = count('skipped');
    console.log(`\n${count('passed')} passed, ${count('failed') + broken} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }
}
