import { targetOf } from './targets.ts';

/** Nobody has the target. */
export const nobody = -1;

/** Which collector has which target, both by number, as a collector's own question was answered. */
export class Assignment {
  /** The collector of each target; of two that have it, the first that was asked. */
  readonly owners: Int32Array;
  /** Targets that another collector has as well. */
  readonly doubled: number[] = [];
  /** What collectors have that is no target of the simulation. */
  readonly unknown: string[] = [];

  constructor(targets: number) {
    this.owners = new Int32Array(targets).fill(nobody);
  }

  /** Takes down that a collector was told to scrape an address. */
  take(collector: number, address: string): void {
    const target = targetOf(address);
    const owner = target === undefined ? undefined : this.owners[target];
    if (target === undefined || owner === undefined) this.unknown.push(address);
    else if (owner === nobody) this.owners[target] = collector;
    else this.doubled.push(target);
  }

  /** How many targets the collector with the most has. */
  most(): number {
    const counts = new Map<number, number>();
    for (const owner of this.owners) if (owner !== nobody) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    return Math.max(0, ...counts.values());
  }
}

/** Targets that one collector had before and another has after. What nobody had, or has, did not move: it is missing. */
export function moves(before: Assignment, after: Assignment): number {
  return before.owners.reduce((sum, owner, target) => {
    const next = after.owners[target] ?? nobody;
    return owner !== nobody && next !== nobody && owner !== next ? sum + 1 : sum;
  }, 0);
}
