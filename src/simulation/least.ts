import type { Assignment } from './assignment.ts';
import type { Strategy } from './options.ts';

/**
 * The least targets that have to change collector when one joins: per node none, because no target of a node that was there is the
 * newcomer's; else as many as it takes to give it an even share.
 */
export function leastOnJoin(strategy: Strategy, targets: number, collectorsAfter: number): number {
  return strategy === 'per-node' ? 0 : Math.floor(targets / collectorsAfter);
}

/** The same when one leaves: those that it had. Per node they leave with their node. */
export function leastOnLeave(strategy: Strategy, before: Assignment, leaver: number): number {
  return strategy === 'per-node' ? 0 : before.owners.filter((owner) => owner === leaver).length;
}
