/** Pieces of a collector's configuration that its scraping and its tenants' variant share: the seed's pipeline. */
import type { Misplaced } from './misplaced.ts';

/** First in every pipeline: what comes after the limiter can't be protected by it. */
export const memoryLimiter = { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 25 };

export const healthPort = 13133;

export const healthExtension = { health_check: { endpoint: `0.0.0.0:${healthPort}` } };

/** The collector's own metrics, on every address: the default is localhost. */
export function ownMetrics(port: number): object {
  return { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port } } } }] } };
}

/** How a collector keeps what its backend does not take at once. */
export interface Delivery {
  /** retry_on_failure: without it a request that fails is dropped. */
  readonly retry: boolean;
  /** sending_queue: `none` sends in the pipeline's own turn, `persistent` keeps what is queued in a file. */
  readonly queue: 'none' | 'memory' | 'persistent';
  /** Where items are put together. What is in the batch processor is acknowledged and in no queue: it dies with the process. */
  readonly batching: 'processor' | 'queue';
  /** How it stays within its memory; left out: the seed's limiter, and queues and batches of a size for minutes of outages. */
  readonly memory?: {
    readonly limiter: 'none' | Readonly<Record<string, string | number>>;
    /** Requests that each exporter's queue holds. */
    readonly queueRequests: number;
    /** Items of one request. */
    readonly batchItems: number;
  };
  /** Processors that are not where they belong. */
  readonly misplaced?: Misplaced;
}

/** The seed's. */
export const usualDelivery: Delivery = { retry: true, queue: 'memory', batching: 'processor' };

/**
 * Items of one request to a backend, at most. Rate limiters refuse a request as a whole, and one that is larger than a tenant's
 * burst for ever: with batches of this size the bursts of the backends' limits.ts let two through.
 */
const batchItems = 5000;

const batchAfter = '200ms';

/**
 * Items that a queue holds where it is counted in items: more than three minutes of 1,000 a second. Counted in requests, the default
 * of 1,000 holds 200 seconds of batches.
 */
const queueItems = 200_000;

/** Where a persistent queue's files are: a folder that outlives the container, but not its pod. */
export const queueFolder = '/var/lib/otelcol/queue';

/** The extension that a persistent queue is kept by. */
export const queueStorage = 'file_storage';

/** Processors of every pipeline, and those among them that have to be configured. */
export function processorsFor({ batching, memory }: Delivery): { readonly names: readonly string[]; readonly configured: Readonly<Record<string, object>> } {
  const items = memory?.batchItems ?? batchItems;
  const batch = batching === 'processor' ? { batch: { timeout: batchAfter, send_batch_size: items, send_batch_max_size: items } } : {};
  const limiter = memory?.limiter === 'none' ? {} : { memory_limiter: memory?.limiter ?? memoryLimiter };
  const configured = { ...limiter, ...batch };
  return { names: Object.keys(configured), configured };
}

/** Extensions of a collector, its persistent queue's storage among them; fsync, so that it survives the node's death as well. */
export function extensionsFor({ queue }: Delivery): Readonly<Record<string, object>> {
  return { ...healthExtension, ...(queue === 'persistent' ? { [queueStorage]: { directory: queueFolder, create_directory: true, fsync: true } } : {}) };
}

export interface OtlpHttpExporter {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly retry_on_failure: object;
  readonly sending_queue: object;
}

/**
 * The seed's exporter block, with retry intervals short enough for a run of minutes. A request is given up after 5 minutes
 * (max_elapsed_time by default), which no outage here lasts.
 * @param endpoint OTLP/HTTP base URL, to which the exporter adds `/v1/<signal>`
 */
export function otlpHttpExporter(endpoint: string, tenant: string, delivery = usualDelivery): OtlpHttpExporter {
  return {
    endpoint,
    headers: { 'X-Scope-OrgID': tenant },
    retry_on_failure: delivery.retry ? { enabled: true, initial_interval: '300ms', max_interval: '2s' } : { enabled: false },
    sending_queue: sendingQueue(delivery),
  };
}

function sendingQueue({ queue, batching, memory }: Delivery): object {
  if (queue === 'none') return { enabled: false };
  const items = memory?.batchItems ?? batchItems;
  const size = memory ? memory.queueRequests * items : queueItems;
  return {
    enabled: true,
    ...(queue === 'persistent' ? { storage: queueStorage } : {}),
    ...(batching === 'queue'
      ? { sizer: 'items', queue_size: size, batch: { flush_timeout: batchAfter, min_size: items, max_size: items } }
      : memory ? { queue_size: memory.queueRequests } : {}),
  };
}
