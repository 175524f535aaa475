import type { RunEvent } from '../run/events.ts';
import { shown } from '../run/secrets.ts';
import type { RunReport } from './report.ts';

/** Shows or keeps a run. A reporter is a function of the run's events and of its final report, and of nothing else. */
export interface Reporter {
  /** Takes one event; never throws and never waits, so that a slow terminal cannot slow a run. */
  event(event: RunEvent): void;
  /** Called once, last. Without a report the run ended before it could make one. */
  close(report?: RunReport): Promise<void>;
}

/**
 * One reporter that feeds several. Each is closed even when another fails: a full disk must not cost the terminal its
 * verdicts.
 *
 * @throws the first failure of a close, or an AggregateError of several, after all were closed
 */
export function combine(reporters: readonly Reporter[]): Reporter {
  return {
    event: (event) => reporters.forEach((reporter) => reporter.event(event)),
    close: async (report) => {
      const closed = await Promise.allSettled(reporters.map((reporter) => reporter.close(report)));
      const failures = closed.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      if (failures.length === 1) throw failures[0];
      if (failures.length > 1) throw new AggregateError(failures, 'several reports could not be written');
    },
  };
}

/** A reporter that is told nothing of the credentials that this process knows. */
export function withoutSecrets(reporter: Reporter): Reporter {
  return { event: (event) => reporter.event(shown(event)), close: (report) => reporter.close(report && shown(report)) };
}
