import { localExporters } from '../components.ts';
import { componentsIn } from '../configuration.ts';
import type { Component, Configuration } from '../configuration.ts';
import type { Found } from '../finding.ts';
import { scalarAt, valueAt } from '../tree.ts';
import type { Tree } from '../tree.ts';

/** Exporters whose retries or queue are switched off. Where nothing is said both are on, in memory. */
export function exporterDelivery(configuration: Configuration): readonly Found[] {
  return usedExporters(configuration).filter(({ type }) => !localExporters.has(type)).flatMap((exporter) => [...noRetry(exporter), ...noQueue(exporter)]);
}

/** Exporters that pipelines name; all of them where the pipelines are not seen. */
export function usedExporters(configuration: Configuration): readonly Component[] {
  const named = configuration.pipelines.flatMap(({ exporters }) => exporters?.map(({ id }) => id) ?? []);
  const all = componentsIn(configuration, 'exporters') ?? [];
  return configuration.form === 'whole' ? all.filter(({ id }) => named.includes(id)) : all;
}

function noRetry(exporter: Component): Found[] {
  const off = switchedOff(exporter, 'retry_on_failure');
  if (off === undefined) return [];
  return [{ rule: 'exporter-no-retry', severity: 'error', at: off, message: `${exporter.id} does not send again what its backend did not take`, fix: 'retry_on_failure: {enabled: true}, or leave it out' }];
}

function noQueue(exporter: Component): Found[] {
  const off = switchedOff(exporter, 'sending_queue') ?? offAt(valueAt(exporter.settings, 'remote_write_queue'));
  if (off === undefined) return [];
  return [{ rule: 'exporter-no-queue', severity: 'warning', at: off, message: `${exporter.id} keeps nothing while its backend is away`, fix: 'sending_queue: {enabled: true}, or leave it out' }];
}

/** Where a setting is switched off. A balancing exporter has it on its own level, off by default, and on that of what it sends with. */
function switchedOff({ type, settings }: Component, setting: string): number | undefined {
  if (type !== 'loadbalancing') return offAt(valueAt(settings, setting));
  const onAbove = valueAt(settings, setting)?.kind === 'mapping' && offAt(valueAt(settings, setting)) === undefined;
  return onAbove ? undefined : offAt(valueAt(settings, 'protocol', 'otlp', setting));
}

function offAt(setting: Tree | undefined): number | undefined {
  const enabled = scalarAt(setting, 'enabled');
  return enabled === false || enabled === 'false' ? valueAt(setting, 'enabled')?.at : undefined;
}
