/** What a collector's exporter counts of its own deliveries. It counts a partial success as sent: what is there, the ledger says. */
import type { BackendName } from '../src/components/backend.ts';
import { exporterName } from '../src/components/collector/tenant-config.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { collectorMetrics } from './tenant-collectors.ts';
import type { MetricSample } from './tenant-collectors.ts';

export { exporterName } from '../src/components/collector/tenant-config.ts';

/** Items since the collector's start, over all collectors of the tenant. */
export interface ExporterCounts {
  readonly sent: number;
  /** Given up, or not taken into the queue at all. */
  readonly failed: number;
}

/** Units and `_total` stand in these names or not, depending on the reader: `otelcol_exporter_sent_spans__spans__total`. */
const counter = /^otelcol_exporter_(sent|send_failed|enqueue_failed)_(spans|metric_points|log_records)/;

/** Counters of all exporters in the tenant's collectors, those of its neighbours in the same cluster included. */
export async function exporterMetrics(platform: Platform, tenant: Tenant, signal: AbortSignal): Promise<readonly MetricSample[]> {
  return collectorMetrics(platform, tenant, counter, signal);
}

/** The counts of the tenant's exporter to one backend, out of exporterMetrics. */
export function exporterCounts(samples: readonly MetricSample[], backend: BackendName, tenant: string): ExporterCounts {
  const exporter = exporterName(backend, tenant);
  const counts = { sent: 0, failed: 0 };
  for (const { name, labels, value } of samples) {
    const kind = counter.exec(name)?.[1];
    if (kind !== undefined && labels['exporter'] === exporter) counts[kind === 'sent' ? 'sent' : 'failed'] += value;
  }
  return counts;
}
