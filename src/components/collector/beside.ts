import type { BackendName } from '../backend.ts';
import { typeOf } from './user-config.ts';
import type { Signal } from './user-config.ts';

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

/** No processor of a user's own is called so. */
const labelling = 'attributes/plumbline';

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
 * @param processorsOf ids of the processors of a signal's pipelines
 * @param exporterOf undefined where the platform has no such backend: nothing is scraped or read for it
 */
export function besideParts({ scraping, files }: Besides, processorsOf: (signal: Signal) => readonly string[], exporterOf: (backend: BackendName, tenant: string) => string | undefined): BesideParts {
  const parts = [
    { beside: scraping, backend: 'mimir', receiver: scrapingReceiver, pipeline: 'metrics', processors: labelled(processorsOf('metrics')) },
    { beside: files, backend: 'loki', receiver: filesReceiver, pipeline: 'logs', processors: processorsOf('logs') },
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

/** What comes before the limiter can't be protected by it. */
function labelled(processors: readonly string[]): readonly string[] {
  const [first, ...rest] = processors;
  return first !== undefined && typeOf(first) === 'memory_limiter' ? [first, labelling, ...rest] : [labelling, ...processors];
}
