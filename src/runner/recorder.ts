import type { ClaimResult } from '../claims/result.ts';
import { lastCause } from '../errors.ts';
import type { ImageArchive } from '../images/source.ts';
import { hostFacts } from '../reports/environment.ts';
import type { ReportedEnvironment, ReportedImage, ReportedStep, RunReport } from '../reports/report.ts';
import { schemaVersion } from '../reports/report.ts';
import type { Reporter } from '../reports/reporter.ts';
import { runVerdict } from '../reports/verdict.ts';
import type { RunStep } from '../run/context.ts';
import { rememberDuration, usualMs } from '../run/durations.ts';
import type { EventSink, NewEvent, Phase } from '../run/events.ts';
import type { RunOptions } from './options.ts';

/** Everything that a run comes to know, so that its report can be made at any moment: no result is lost by what follows it. */
export class Recorder {
  readonly #options: RunOptions;
  readonly #reporter: Reporter;
  readonly #startedAt = new Date();
  readonly #steps: ReportedStep[] = [];
  readonly #images = new Map<string, ReportedImage>();
  readonly #claims: ClaimResult[] = [];
  readonly #problems: string[] = [];
  #environment: Partial<ReportedEnvironment> = {};

  constructor(options: RunOptions, reporter: Reporter) {
    this.#options = options;
    this.#reporter = reporter;
    this.emit({ kind: 'run.started', runId: options.runId, command: options.command });
  }

  readonly emit: EventSink = (event: NewEvent) => this.#reporter.event({ ...event, at: new Date().toISOString() });

  /** Runs `work` as a step that the user sees, and remembers how long it took unless it was served from a cache. */
  readonly step: RunStep = async (phase, name, work) => {
    const startedMs = performance.now();
    const usual = await usualMs(name);
    let cached = false;
    this.emit({ kind: 'step.started', phase, step: name, ...(usual === undefined ? {} : { usualMs: usual }) });
    try {
      const value = await work({ note: (note) => this.emit({ kind: 'step.note', phase, step: name, note }), cached: () => void (cached = true) });
      const durationMs = performance.now() - startedMs;
      if (!cached) await rememberDuration(name, durationMs);
      this.#end(phase, name, durationMs, cached);
      return value;
    } catch (thrown) {
      this.#end(phase, name, performance.now() - startedMs, cached, lastCause(thrown));
      throw thrown;
    }
  };

  #end(phase: Phase, step: string, durationMs: number, cached: boolean, failed?: string): void {
    this.#steps.push({ phase, step, durationMs, cached, ...(failed === undefined ? {} : { failed }) });
    if (failed === undefined) this.emit({ kind: 'step.done', phase, step, durationMs, cached });
    else this.emit({ kind: 'step.failed', phase, step, durationMs, cause: failed });
  }

  learn(facts: Partial<ReportedEnvironment>): void {
    this.#environment = { ...this.#environment, ...facts };
  }

  image({ component, version, reference, digest, sizeBytes }: ImageArchive, source: ReportedImage['source']): void {
    this.#images.set(reference, { component, version, reference, digest, sizeBytes, source });
  }

  claim(result: ClaimResult): void {
    this.#claims.push(result);
  }

  problem(text: string): void {
    this.#problems.push(text);
    this.emit({ kind: 'warning', message: text });
  }

  /** Whether some claim has a verdict on the platform. */
  get anyJudged(): boolean {
    return this.#claims.some((claim) => claim.verdict === 'pass' || claim.verdict === 'fail');
  }

  /** Whether a claim has been judged other than pass so far. */
  get anyBroken(): boolean {
    return this.#claims.some((claim) => claim.verdict !== 'pass');
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
      steps: this.#steps,
      claims: this.#claims,
      problems: this.#problems,
    };
  }
}
