import type { Fault } from './fault.ts';

/** What the gate answers of a route: the JSON of fixtures/gate. Times are milliseconds since the epoch, by the gate's clock. */
export interface GateRecord {
  readonly name: string;
  readonly target: string;
  /** The one in force. */
  readonly fault: Fault;
  /** Faults and what was between them, the oldest first; the last one has no end yet. */
  readonly spells: readonly GateSpell[];
  readonly requests: number;
  readonly bytes: number;
  readonly firstAtMs?: number;
  readonly lastAtMs?: number;
  /** By what the client was answered: `200`, `gate 503`, `reset`, `client gone`, `backend unreachable`. */
  readonly outcomes: Readonly<Record<string, GateTally>>;
  /** Seconds in which something ended. */
  readonly timeline: readonly GateSecond[];
  readonly flows: readonly GateFlow[];
}

export type GateSpell = Fault & { readonly startedAtMs: number; readonly endedAtMs?: number };

export interface GateTally {
  readonly requests: number;
  /** The sender's items in them, repetitions included. */
  readonly items: number;
  readonly bytes: number;
}

export interface GateSecond {
  readonly atMs: number;
  /** Requests by outcome. */
  readonly requests: Readonly<Record<string, number>>;
  /** Items that the backend took and had not before. */
  readonly newItems: number;
}

/** What the backend took (answered 2xx) of one flow of the sender; of numbers below 2,000,000. */
export interface GateFlow {
  readonly name: string;
  /** Numbers of the items, [first, end); at most 20,000 ranges. */
  readonly ranges: readonly (readonly [number, number])[];
  /** Different items. */
  readonly distinct: number;
  /** Further times that an item was taken. */
  readonly copies: number;
  readonly requests: number;
  /** Requests with new items that were taken after later items; `furthest` is how many numbers behind the latest one. */
  readonly overtaken: number;
  readonly furthest: number;
  /** When an item was taken for the first time last. */
  readonly lastNewAtMs?: number;
}
