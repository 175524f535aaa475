import { documentIn, helmNext } from './user-config-document.ts';
import type { ConfigDocument, ConfigForm, DocumentPipeline } from './user-config-document.ts';
import { sendsOtlp, takenExporter } from './user-config-exporter.ts';
import { refuseUnset } from './user-config-references.ts';
import { configRefused } from './user-config-refused.ts';
import { signals, typeOf } from './user-config.ts';
import type { Settings, Signal, UserConfig, UserPipeline } from './user-config.ts';

/** A user's configuration as the collectors of a platform take it over, and what is not in them as it was written. */
export interface TakenConfig {
  readonly config: Omit<UserConfig, 'file' | 'digest' | 'said'>;
  /** For a person, a phrase each. */
  readonly notes: readonly string[];
}

interface Source {
  readonly file: string;
  readonly form: ConfigForm;
  readonly document: ConfigDocument;
}

interface TakenPipeline {
  readonly signal: Signal;
  readonly pipeline?: UserPipeline;
  readonly notes: readonly string[];
}

/**
 * Takes of a configuration what its pipelines do to data: processors in their order, and how exporters queue, try again and send.
 * @param file named in errors
 * @throws PlumblineError PL-COLLECTOR-CONFIG for what cannot be taken over as it is
 */
export function takeConfig(text: string, file: string): TakenConfig {
  const source = { file, ...documentIn(text, file) };
  const taken = signals.map((signal) => takePipeline(signal, source));
  const pipelines = Object.fromEntries(taken.flatMap(({ signal, pipeline }) => (pipeline ? [[signal, pipeline]] : [])));
  if (Object.keys(pipelines).length === 0) throw configRefused(file, `a pipeline of ${signals.join(', ')}`, 'none', source.form === 'helm' ? helmNext : undefined);
  const named = new Set(Object.values(pipelines).flatMap(({ processors }) => processors));
  const { processors } = source.document;
  const config = { pipelines, processors: Object.fromEntries([...named].map((id) => [id, processors[id] ?? {}])) };
  refuseUnset(config, file);
  return { config, notes: [...new Set([...taken.flatMap(({ notes }) => notes), ...serviceNotes(source.document)])] };
}

function takePipeline(signal: Signal, source: Source): TakenPipeline {
  const [name, pipeline] = pipelineOf(signal, source) ?? [];
  if (name === undefined || !pipeline) return { signal, notes: [`it has no pipeline of ${signal}, and the seed's is in its place`] };
  refuseConnectors(name, pipeline, source);
  refuseUnconfigured(name, pipeline, source);
  const [id, ...others] = [...pipeline.exporters].sort((a, b) => Number(sendsOtlp(b)) - Number(sendsOtlp(a)));
  const exporter = id !== undefined && sendsOtlp(id) ? takenExporter(id, source.document.exporters[id] as Settings | null ?? {}) : undefined;
  const receivers = pipeline.receivers.filter((one) => typeOf(one) !== 'otlp');
  return {
    signal,
    pipeline: { processors: pipeline.processors ?? [], ...(exporter ? { exporter: exporter.settings } : {}) },
    notes: [
      ...leftOut(name, 'receiver', receivers),
      ...(exporter ? leftOut(name, 'exporter', others) : [`${name}: no exporter of it sends OTLP (${pipeline.exporters.join(', ') || 'none'}), and the seed's is in its place`]),
      ...(exporter?.notes ?? []),
    ],
  };
}

/** The signal's only pipeline, or of several the only one that takes OTLP. */
function pipelineOf(signal: Signal, { file, document }: Source): readonly [string, DocumentPipeline] | undefined {
  const all = Object.entries(document.service.pipelines).flatMap(([name, one]) => (one && typeOf(name) === signal ? [[name, one] as const] : []));
  if (all.length <= 1) return all[0];
  const taking = all.filter(([, { receivers }]) => receivers.some((id) => typeOf(id) === 'otlp'));
  if (taking.length === 1) return taking[0];
  const [seen, which] = taking.length === 0 ? [all, 'none of which does'] : [taking, 'all of which do'];
  throw configRefused(file, `one pipeline of ${signal} that takes OTLP`, `${seen.map(([name]) => name).join(', ')}, ${which}`, 'leave one of them in a copy of the file');
}

function refuseConnectors(name: string, { receivers, exporters }: DocumentPipeline, { file, document }: Source): void {
  const connector = [...receivers, ...exporters].find((id) => document.connectors[id] !== undefined);
  if (connector === undefined) return;
  throw configRefused(file, 'pipelines from a receiver to an exporter', `pipeline ${name} with connector ${connector}`, `leave ${connector} out in a copy of the file: what a connector makes of data belongs to no tenant here, and no build has one`);
}

function refuseUnconfigured(name: string, { processors, exporters }: DocumentPipeline, { file, form, document }: Source): void {
  const next = form === 'helm' ? helmNext : 'mend it as the collector itself would ask for';
  if (form === 'helm' && !processors) throw configRefused(file, 'whole pipelines', `pipeline ${name} of Helm values without its processors`, next);
  const absent = processors?.find((id) => document.processors[id] === undefined) ?? exporters.find((id) => document.exporters[id] === undefined);
  if (absent !== undefined) throw configRefused(file, 'settings of all that its pipelines name', `pipeline ${name} names ${absent}, which has none`, next);
}

function leftOut(name: string, kind: string, ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? [] : [`${name}: ${ids.length === 1 ? `${kind} ${ids[0]} is` : `${kind}s ${ids.join(', ')} are`} left out`];
}

/** Extensions that a run has itself are no news. */
const ownExtensions = ['health_check', 'file_storage'];

function serviceNotes({ service }: ConfigDocument): readonly string[] {
  const others = service.extensions.filter((id) => !ownExtensions.includes(typeOf(id)));
  return [...leftOut('service', 'extension', others), ...(service.telemetry ? ['service.telemetry is Plumbline\'s own'] : [])];
}
