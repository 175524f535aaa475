import { z } from 'zod';
import { misplaceable } from '../components/collector/misplaced.ts';
import { userConfigSpec } from '../components/collector/user-config.ts';

/** A node whose memory is a kernel limit. It takes collectors, what goes with them, and nothing else. */
export const nodeSize = z.strictObject({
  memoryMiB: z.int().min(1024).max(65_536),
  /** MiB that have to be free: with less the kubelet evicts pods. 0: never. Left out: the provider's default. */
  evictionMiB: z.int().min(0).max(1024).exactOptional(),
  /** What other processes of the node hold, MiB. Without any a collector has the node for itself, as on no real one. */
  othersMiB: z.int().min(0).default(0),
});

/** How much a collector may take, and how it keeps within. */
const collectorMemory = z.strictObject({
  /** Memory request and limit of its container; null: none. */
  requestMiB: z.int().min(1).nullable().default(null),
  limitMiB: z.int().min(1).nullable().default(null),
  /** GOMEMLIMIT; null: Go's own, which is none. */
  goMemLimitMiB: z.int().min(1).nullable().default(null),
  /** The memory_limiter's settings, under its own names; none: the pipelines have no limiter. */
  limiter: z.union([z.literal('none'), z.record(z.string(), z.union([z.string(), z.number()]))]).default({ check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 25 }),
  /** Requests that each exporter's queue holds. */
  queueRequests: z.int().min(1).default(1000),
  /** Items of one request. */
  batchItems: z.int().min(1).default(5000),
});

/** What a size is looked for: the load of SN-5. */
export const sizingSpec = z.strictObject({
  spansPerSecond: z.int().min(1).max(100_000),
  /** Of each span, roughly. */
  spanBytes: z.int().min(150).max(20_000).default(1000),
  /** Seconds without a backend that the collector has to bridge without refusing anything. */
  outageSeconds: z.int().min(0).max(60).default(5),
  /** Memory limits that are tried, MiB; the largest one that fits its node at most. */
  mostMiB: z.int().min(64).max(65_536).default(65_536),
});

/** What a platform file says of its collectors. */
export const collectorSpec = z.strictObject({
  version: z.string(),
  /** Of collectors that scrape; those of tenants are one a node. */
  mode: z.enum(['daemonset', 'statefulset']).default('daemonset'),
  /** Of a stateful set. */
  replicas: z.int().min(1).max(20).default(1),
  /** Seconds between two scrapes of a target. */
  scrapeIntervalSeconds: z.int().min(1).max(300).default(15),
  /**
   * Seconds between two questions of a collector to its allocator for targets. The receiver's own default is 30, for which its first
   * answer, given before the allocator knows it, stands.
   */
  targetPollSeconds: z.int().min(1).max(300).default(2),
  /** retry_on_failure of every exporter. */
  retry: z.boolean().default(true),
  /** sending_queue of every exporter; `persistent` keeps it in a file of the node. */
  queue: z.enum(['none', 'memory', 'persistent']).default('memory'),
  /** Where items are put together: in the batch processor, as the seed has it, or in the exporter's queue. */
  batching: z.enum(['processor', 'queue']).default('processor'),
  /** A node whose collector's exporters lead nowhere. */
  nowhereOn: z.string().optional(),
  /** The one node that has a collector. */
  on: z.string().exactOptional(),
  /** Required nodeAffinity: nodes with less memory, MiB, have none. Null: there is no such rule. */
  leastNodeMiB: z.int().min(1).nullable().default(null),
  /** Left out: what the flows of other claims need. */
  memory: collectorMemory.exactOptional(),
  /** Seconds from SIGTERM to SIGKILL. Left out: 2. */
  graceSeconds: z.int().min(0).max(600).exactOptional(),
  /** A collector of a new form is Ready before the one on its node ends; otherwise that node has none in between. */
  handover: z.boolean().exactOptional(),
  /** Pipelines of tenants' collectors in place of the seed's. A user's own file takes the place of what is written here (user-collector.ts). */
  config: userConfigSpec.exactOptional(),
  /** Processors of this type that are not where they belong, in all pipelines of tenants' collectors, whoever wrote them (misplaced.ts). */
  misplaced: z.enum(misplaceable).exactOptional(),
});
