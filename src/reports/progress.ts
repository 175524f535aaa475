import type { Phase, RunEvent } from '../run/events.ts';

/** A step that has started and not ended. */
export interface RunningStep {
  readonly phase: Phase;
  readonly name: string;
  readonly startedAt: number;
  readonly usualMs?: number | undefined;
  readonly note?: string | undefined;
}

/** What is under way now, kept from the events: steps by phase and name, and the sides of claims being checked. */
export class Progress {
  readonly #steps = new Map<string, RunningStep>();

  /** Takes one event and answers the step it was about, as it was before an end. */
  take(event: RunEvent): RunningStep | undefined {
    switch (event.kind) {
      case 'step.started':
        return this.#start(event.phase, event.step, event.at, event.usualMs);
      case 'step.note':
        return this.#note(event.phase, event.step, event.note);
      case 'step.done':
      case 'step.failed':
        return this.#end(key(event.phase, event.step));
      case 'claim.started':
        return this.#start('suites', claimStep(event.id, event.side), event.at);
      case 'claim.side':
        return this.#end(key('suites', claimStep(event.id, event.side)));
      case 'claim.ended':
        this.#endClaim(event.id);
        return undefined;
      default:
        return undefined;
    }
  }

  /** Longest under way first, which is the order in which they started. */
  get running(): readonly RunningStep[] {
    return [...this.#steps.values()];
  }

  #start(phase: Phase, name: string, at: string, usualMs?: number): RunningStep {
    const step = { phase, name, startedAt: Date.parse(at), usualMs };
    this.#steps.set(key(phase, name), step);
    return step;
  }

  #note(phase: Phase, name: string, note: string): RunningStep | undefined {
    const placed = placeNote(phase, name, note);
    const step = this.#steps.get(key(phase, placed.name)) ?? this.#sideOf(phase, name);
    if (step === undefined) return undefined;
    const noted = { ...step, note: placed.note };
    this.#steps.set(key(phase, step.name), noted);
    return noted;
  }

  /** A check's notes name its claim; the step under way is the side of it that is looked at. */
  #sideOf(phase: Phase, claim: string): RunningStep | undefined {
    return this.running.find((step) => step.phase === phase && step.name.startsWith(`${claim} `));
  }

  #end(id: string): RunningStep | undefined {
    const step = this.#steps.get(id);
    this.#steps.delete(id);
    return step;
  }

  #endClaim(id: string): void {
    for (const [stepKey, step] of this.#steps) {
      if (step.phase === 'suites' && (step.name === id || step.name.startsWith(`${id} `))) this.#steps.delete(stepKey);
    }
  }
}

/** How a side of a claim is named among the steps: the side `sd-1-twin` of SD-1 is `SD-1 twin`. */
export function claimStep(id: string, side: string): string {
  const suffix = sideSuffix(id, side);
  return suffix === '' ? id : `${id} ${suffix}`;
}

/** A check's note stands under its claim and begins with its side, `sd-1-twin: deploying`: that is a note of `SD-1 twin`. */
export function placeNote(phase: Phase, step: string, note: string): { readonly name: string; readonly note: string } {
  const [, side = '', text = ''] = /^([a-z0-9-]+): (.*)$/s.exec(note) ?? [];
  const own = step.toLowerCase();
  const isSide = phase === 'suites' && (side === own || side.startsWith(`${own}-`));
  return isSide ? { name: claimStep(step, side), note: text } : { name: step, note };
}

/** `twin` for the side `sd-1-twin` of SD-1; empty for the claim's own platform. */
export function sideSuffix(id: string, side: string): string {
  const own = id.toLowerCase();
  if (side === own || side === 'claim') return '';
  return side.startsWith(`${own}-`) ? side.slice(own.length + 1) : side;
}

/** Identifies a step within a run. */
export function key(phase: Phase, step: string): string {
  return `${phase}\u0000${step}`;
}
