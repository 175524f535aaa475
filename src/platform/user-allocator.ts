import { allocationStrategies } from './scrape-spec.ts';

type Strategy = (typeof allocationStrategies)[number];

/** Where a strategy stands: in an allocator's own file, in its resource, and in that of the collectors. Left out, each has a default of its own. */
const places = [['allocation_strategy'], ['spec', 'allocationStrategy'], ['spec', 'targetAllocator', 'allocationStrategy']] as const;

/** The strategy that an allocator's configuration says; undefined where it says none that there is. */
export function strategyIn(document: unknown): Strategy | undefined {
  const said = places.map((keys) => keys.reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>> | null | undefined)?.[key], document));
  return allocationStrategies.find((strategy) => said.includes(strategy));
}
