/** Names of components. `k8sattributes/2` is a component of type `k8sattributes`. */

/**
 * The type of a component id. Upstream is renaming its types (`k8sattributes` to `k8s_attributes`, `otlphttp` to `otlp_http`), and
 * takes both: underscores say nothing here.
 */
export function typeOf(id: string): string {
  const type = (id.split('/')[0] ?? '').trim().toLowerCase().replaceAll('_', '');
  return renamed[type] ?? type;
}

const renamed: Readonly<Record<string, string>> = { otlpgrpc: 'otlp' };

export const limiter = 'memorylimiter';
export const batcher = 'batch';
export const podEnricher = 'k8sattributes';

/** Of processors that drop data by what is written on it. */
export const droppers: ReadonlySet<string> = new Set(['filter', 'tailsampling', 'probabilisticsampler']);

/**
 * Of processors that have their place after a batch: groupbyattrs puts together what a batch has gathered (its README recommends it), and
 * Jaeger's adaptive_sampling looks at spans and changes none.
 */
export const afterBatch: ReadonlySet<string> = new Set([batcher, 'groupbyattrs', 'adaptivesampling']);

/**
 * Of receivers whose data does not come with what a pod is called. Others may: kubelet, cluster and log file receivers write it
 * themselves, a connector hands on what another pipeline made, a queue what another collector made.
 */
export const bareReceivers: ReadonlySet<string> = new Set(['otlp', 'jaeger', 'zipkin', 'opencensus', 'statsd', 'hostmetrics', 'syslog', 'tcplog', 'udplog']);

/** Of exporters that send nothing over a network: what they cannot write is no outage. */
export const localExporters: ReadonlySet<string> = new Set(['debug', 'logging', 'file', 'nop', 'prometheus']);

/** Of exporters that backends with tenants are sent to, each with `endpoint` and `headers`. */
export const tenantExporters: ReadonlySet<string> = new Set(['otlp', 'otlphttp', 'prometheusremotewrite', 'loki']);
