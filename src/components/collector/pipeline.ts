/** Pieces of a collector's configuration that its scraping and its tenants' variant share: the seed's pipeline. */

/** First in every pipeline: what comes after the limiter can't be protected by it. */
export const memoryLimiter = { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 25 };

export const healthPort = 13133;

export const healthExtension = { health_check: { endpoint: `0.0.0.0:${healthPort}` } };

/** The collector's own metrics, on every address: the default is localhost. */
export function ownMetrics(port: number): object {
  return { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port } } } }] } };
}

/**
 * The seed's exporter block, with retry intervals short enough for a run of minutes.
 * @param endpoint OTLP/HTTP base URL, to which the exporter adds `/v1/<signal>`
 */
export function otlpHttpExporter(endpoint: string, tenant: string): object {
  return {
    endpoint,
    headers: { 'X-Scope-OrgID': tenant },
    retry_on_failure: { enabled: true, initial_interval: '300ms', max_interval: '2s' },
    sending_queue: { enabled: true },
  };
}
