import type { BackendName } from '../backend.ts';

/** A receiver of one tenant that nobody sends to; it has a pipeline of its own to the exporter of its signal. */
export interface Beside {
  readonly tenant: string;
  readonly receiver: object;
}

/** What a tenant's collectors get by themselves, beside what is sent to them. */
export interface Besides {
  readonly scraping?: Beside;
  /** Read from the files of the collector's node. */
  readonly files?: Beside;
}

/** The operator and its allocator know the scraping receiver by exactly this name. */
const scrapingReceiver = 'prometheus';
const filesReceiver = 'filelog';

const labelling = 'attributes/collector';

/** Processor that says which collector took a sample: without it a doubled one can't be traced. */
export const collectorLabels = {
  [labelling]: { actions: [
    { key: 'collector', value: '${env:POD_NAME}', action: 'insert' },
    { key: 'collector_node', value: '${env:NODE_NAME}', action: 'insert' },
  ] },
};

/** Parts of a collector's configuration, by their names in it. */
export interface BesideParts {
  readonly receivers: Readonly<Record<string, object>>;
  readonly processors: Readonly<Record<string, object>>;
  readonly pipelines: Readonly<Record<string, object>>;
}

/**
 * What a tenant collector's configuration has in addition for them.
 * @param processors of every pipeline, the limiter first
 * @param exporterOf undefined where the platform has no such backend: nothing is scraped or read for it
 */
export function besideParts({ scraping, files }: Besides, processors: readonly string[], exporterOf: (backend: BackendName, tenant: string) => string | undefined): BesideParts {
  const [first = '', ...rest] = processors;
  const parts = [
    { beside: scraping, backend: 'mimir', receiver: scrapingReceiver, pipeline: 'metrics', processors: [first, labelling, ...rest] },
    { beside: files, backend: 'loki', receiver: filesReceiver, pipeline: 'logs', processors },
  ] as const;
  const used = parts.flatMap(({ beside, ...part }) => {
    const exporter = beside && exporterOf(part.backend, beside.tenant);
    return beside && exporter !== undefined ? [{ ...part, beside, exporter }] : [];
  });
  return {
    receivers: Object.fromEntries(used.map(({ receiver, beside }) => [receiver, beside.receiver])),
    processors: used.some(({ receiver }) => receiver === scrapingReceiver) ? collectorLabels : {},
    pipelines: Object.fromEntries(used.map(({ receiver, pipeline, beside, exporter, ...part }) =>
      [`${pipeline}/${beside.tenant}-${receiver}`, { receivers: [receiver], processors: part.processors, exporters: [exporter] }])),
  };
}
