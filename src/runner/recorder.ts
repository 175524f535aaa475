import { binds } from '../claims/binding.ts';
import type { ClaimResult } from '../claims/result.ts';
import { isArchive } from '../images/source.ts';
import type { Image } from '../images/source.ts';
import { hostFacts } from '../reports/environment.ts';
import type { ReportedEnvironment, ReportedImage, RunReport } from '../reports/report.ts';
import { reportedSteps } from '../reports/recover.ts';
import { schemaVersion } from '../reports/report.ts';
import type { Reporter } from '../reports/reporter.ts';
import { runVerdict } from '../reports/verdict.ts';
import type { RunStep } from '../run/context.ts';
import { rememberDuration } from '../run/durations.ts';
import type { EventSink, NewEvent, RunEvent } from '../run/events.ts';
import { runSteps } from '../run/steps.ts';
import type { RunOptions } from './options.ts';

/** Everything that a run comes to know, so that its report can be made at any moment: no result is lost by what follows it. */
export class Recorder {
  readonly #options: RunOptions;
  readonly #reporter: Reporter;
  readonly #startedAt = new Date();
  readonly #events: RunEvent[] = [];
  readonly #images = new Map<string, ReportedImage>();
  readonly #claims: ClaimResult[] = [];
  readonly #problems: string[] = [];
  #environment: Partial<ReportedEnvironment> = {};

  constructor(options: RunOptions, reporter: Reporter) {
    this.#options = options;
    this.#reporter = reporter;
    this.emit({ kind: 'run.started', runId: options.runId, command: options.command });
  }

  readonly emit: EventSink = (event: NewEvent) => {
    const stamped: RunEvent = { ...event, at: new Date().toISOString() };
    // Notes are for those who watch; a long run has many.
    if (event.kind !== 'step.note') this.#events.push(stamped);
    this.#reporter.event(stamped);
  };

  /** Runs work as a step that the user sees; providers and sources show theirs through the same events. */
  readonly step: RunStep = runSteps((event) => this.emit(event));

  learn(facts: Partial<ReportedEnvironment>): void {
    this.#environment = { ...this.#environment, ...facts };
  }

  image(image: Image): void {
    const { component, version, reference, digest, source } = image;
    this.#images.set(reference, { component, version, reference, digest, ...(isArchive(image) ? { sizeBytes: image.sizeBytes } : {}), source });
  }

  claim(result: ClaimResult): void {
    this.#claims.push(binds(result, this.#options.binding) ? result : { ...result, binding: false });
    // The next plan says how long it usually takes.
    if (result.verdict === 'pass' || result.verdict === 'fail') void rememberDuration(result.id, result.durationMs);
  }

  /** How often a claim has been judged so far. */
  judgedRounds(id: string): number {
    return this.#claims.filter((claim) => claim.id === id).length;
  }

  problem(text: string): void {
    this.#problems.push(text);
    this.emit({ kind: 'warning', message: text });
  }

  /** Whether some claim has a verdict on the platform. */
  get anyJudged(): boolean {
    return this.#claims.some((claim) => claim.verdict === 'pass' || claim.verdict === 'fail');
  }

  /** Whether there is something to look at so far: a claim that is broken, or met an error. */
  get anyBroken(): boolean {
    return this.#claims.some((claim) => claim.verdict === 'fail' || claim.verdict === 'error');
  }

  /** Ends the run: its verdict, its exit code and everything known, as the report's schema has it. */
  report(interrupted: boolean): RunReport {
    const endedAt = new Date();
    const durationMs = endedAt.getTime() - this.#startedAt.getTime();
    const { verdict, exitCode } = runVerdict(this.#claims, interrupted);
    this.emit({ kind: 'run.ended', runId: this.#options.runId, exitCode, durationMs });
    return {
      schemaVersion,
      run: { id: this.#options.runId, command: this.#options.command, startedAt: this.#startedAt.toISOString(), endedAt: endedAt.toISOString(), durationMs, verdict, exitCode },
      environment: { ...hostFacts(), ...this.#environment },
      images: [...this.#images.values()],
      steps: reportedSteps(this.#events),
      claims: this.#claims,
      problems: this.#problems,
    };
  }
}
