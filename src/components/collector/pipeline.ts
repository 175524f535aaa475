/** Pieces of a collector's configuration that its scraping and its tenants' variant share: the seed's pipeline. */

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
export function processorsFor({ batching }: Delivery): { readonly names: readonly string[]; readonly configured: Readonly<Record<string, object>> } {
  const batch = batching === 'processor' ? { batch: { timeout: batchAfter, send_batch_size: batchItems, send_batch_max_size: batchItems } } : {};
  return { names: ['memory_limiter', ...Object.keys(batch)], configured: { memory_limiter: memoryLimiter, ...batch } };
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

function sendingQueue({ queue, batching }: Delivery): object {
  if (queue === 'none') return { enabled: false };
  return {
    enabled: true,
    ...(queue === 'persistent' ? { storage: queueStorage } : {}),
    ...(batching === 'queue' ? { sizer: 'items', queue_size: queueItems, batch: { flush_timeout: batchAfter, min_size: batchItems, max_size: batchItems } } : {}),
  };
}
