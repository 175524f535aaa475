import type { Fault } from './faults.ts';
import type { Fit } from './fit.ts';
import type { Size, Strategy } from './options.ts';

/** Times at which assignments are looked at. */
export type When = 'start' | 'restart' | 'join' | 'leave';

/** What one change made of an assignment. */
export interface Change {
  /** Targets that have another collector afterwards. */
  readonly moves: number;
  /** The least that any strategy of this kind would have to move. */
  readonly least: number;
  /** Of assigning; meanwhile no collector gets an answer. */
  readonly seconds: number;
}

/** Everything measured of one simulated cluster; a part is missing where the allocator ended before it. */
export interface Point extends Size {
  /** From nothing, the lesser of two starts. */
  readonly assignSeconds?: number;
  /** Resident, at the most; and the heap that is live once everything is assigned. */
  readonly memory?: { readonly peakMiB: number; readonly liveMiB: number };
  /** Targets of the collector that has most. */
  readonly most?: number;
  readonly changes: Partial<Record<Exclude<When, 'start'>, Change>>;
  readonly faults: readonly (Fault & { readonly when: When })[];
  /** How the allocator ended by itself, with the line that says why. */
  readonly ended?: { readonly when: When; readonly how: string };
  /** Of the machine over a minute, when the point was done. */
  readonly load: number;
  readonly durationMs: number;
}

export type Measure = 'assignSeconds' | 'joinSeconds' | 'peakMiB' | 'liveMiB' | 'joinMoves' | 'leaveMoves' | 'restartMoves';

/** A measure over the points, and the curve through it; without one where it stays the same, or of too few points. */
export interface Growth {
  readonly measure: Measure;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly fit?: Fit;
  /** In words. */
  readonly says: string;
}

/** simulation.json. */
export interface Simulation {
  readonly schemaVersion: 1;
  readonly run: { readonly id: string; readonly command: string; readonly startedAt: string; readonly durationMs: number; readonly exitCode: number };
  readonly allocator: string;
  readonly strategy: Strategy;
  readonly missing: number;
  readonly varied: keyof Size;
  readonly machine: { readonly cores: number; readonly memoryBytes: number };
  readonly points: readonly Point[];
  readonly growth: readonly Growth[];
}
