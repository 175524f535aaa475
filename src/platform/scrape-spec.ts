import { z } from 'zod';
import { targetSources } from '../components/target/sources.ts';

/** How the allocator hands targets to collectors; the names are its own. */
export const allocationStrategies = ['per-node', 'consistent-hashing', 'least-weighted'] as const;

/** Gives targets to collectors. */
export const allocator = z.strictObject({
  version: z.string(),
  strategy: z.enum(allocationStrategies),
  /** Who gets the targets for which `per-node` has no collector. Left out: nobody. An operator has it as a feature gate of its own, for all of its allocators. */
  fallback: z.literal('consistent-hashing').exactOptional(),
});

/** Pods that are scraped, spread over the nodes. */
export const targets = z.strictObject({
  pods: z.int().min(1).max(500),
  /** Each port of a pod is a target with a ledger of its own. */
  portsEach: z.int().min(1).max(100).default(1),
  /** How the allocator learns of them: jobs in its configuration, or resources of monitoring.coreos.com. */
  through: z.enum(targetSources).default('scrape-configs'),
  /** Two more jobs, with a target each that is on no node: the cluster's API server, and a static one. */
  nodeless: z.boolean().default(false),
});
