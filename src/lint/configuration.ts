import { typeOf } from './components.ts';
import type { Source } from './source.ts';
import { entriesOf, valueAt } from './tree.ts';
import type { Tree } from './tree.ts';

/**
 * `whole`: what the collector reads, and all of it. `merged`: what is put over something that is not seen here, as Helm values are
 * over a chart's: what it does not say may be said there.
 */
export type Form = 'whole' | 'merged';

/** A collector's configuration, and where it was found. */
export interface Configuration {
  readonly root: Tree;
  readonly source: Source;
  readonly form: Form;
  /** Memory limit of the collector's container, bytes; undefined where it is not known. */
  readonly memoryLimit?: number;
  readonly pipelines: readonly Pipeline[];
}

export interface Pipeline {
  /** `traces`, `metrics/own`. */
  readonly name: string;
  readonly at: number;
  /** Undefined where it is not known: put in when the collector starts, or left out of what is laid over something else. */
  readonly receivers: readonly Named[] | undefined;
  readonly processors: readonly Named[] | undefined;
  readonly exporters: readonly Named[] | undefined;
  /** Where to look for its processors. */
  readonly processorsAt: number;
}

/** A component as a pipeline names it. */
export interface Named {
  readonly id: string;
  readonly type: string;
  readonly at: number;
}

export type Section = 'receivers' | 'processors' | 'exporters' | 'connectors' | 'extensions';

const sections = ['receivers', 'processors', 'exporters', 'connectors'] as const;

/**
 * Whether a mapping is a collector's configuration, or part of one: it has pipelines, or two of the sections that they are made of.
 * One section alone is no sign: Alertmanager has receivers, and Tempo as well.
 */
export function looksLikeOne(tree: Tree): boolean {
  if (valueAt(tree, 'service', 'pipelines')?.kind === 'mapping') return true;
  return sections.filter((name) => valueAt(tree, name)?.kind === 'mapping').length >= 2;
}

/** @param memoryLimit of its container, bytes */
export function configurationOf(root: Tree, source: Source, whence: Form, memoryLimit?: number): Configuration {
  const pipelines = entriesOf(valueAt(root, 'service', 'pipelines'));
  // Files can be laid over each other (`--config` twice): one that lacks what every collector has is laid over another.
  const alone = pipelines.length > 0 && ['receivers', 'exporters'].every((section) => valueAt(root, section) ?? valueAt(root, 'connectors'));
  const form = alone ? whence : 'merged';
  return { root, source, form, pipelines: pipelines.map(([name, { at, value }]) => pipelineOf(name, at, value, form)), ...(memoryLimit === undefined ? {} : { memoryLimit }) };
}

function pipelineOf(name: string, at: number, value: Tree, form: Form): Pipeline {
  const processorsAt = value.kind === 'mapping' ? value.entries.get('processors')?.at : undefined;
  const [receivers, processors, exporters] = (['receivers', 'processors', 'exporters'] as const).map((part) => namesIn(valueAt(value, part), form));
  return { name, at, receivers, processors, exporters, processorsAt: processorsAt ?? at };
}

function namesIn(list: Tree | undefined, form: Form): readonly Named[] | undefined {
  if (list === undefined) return form === 'whole' ? [] : undefined;
  if (list.kind === 'leaf' && list.value === null) return [];
  if (list.kind !== 'sequence' || list.items.some((item) => item.kind !== 'leaf' || isPutIn(item.value))) return undefined;
  return list.items.flatMap((item) => (item.kind === 'leaf' && typeof item.value === 'string' ? [{ id: item.value.trim(), type: typeOf(item.value), at: item.at }] : []));
}

/** Whether a value is put in when the collector starts, or by a template: what it is then, is not known. */
export function isPutIn(value: unknown): boolean {
  return typeof value === 'string' && /\$\{|\$[A-Za-z_]|\{\{/.test(value);
}

/** A component's name, and its settings. */
export interface Component {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly settings: Tree;
}

/** What a section configures; undefined where the section is put in from elsewhere. */
export function componentsIn({ root }: Configuration, section: Section): readonly Component[] | undefined {
  const value = valueAt(root, section);
  if (value?.kind === 'leaf' && value.value !== null) return undefined;
  return entriesOf(value).map(([id, entry]) => ({ id: id.trim(), type: typeOf(id), at: entry.at, settings: entry.value }));
}

/** A component by its id. */
export function componentNamed(configuration: Configuration, section: Section, id: string): Component | undefined {
  return componentsIn(configuration, section)?.find((component) => component.id === id);
}

/** Whether a receiver of a pipeline is another one's exporter; what is laid over a chart's may name one that is configured there. */
export function isConnector(configuration: Configuration, { id }: Named): boolean {
  if (componentNamed(configuration, 'connectors', id)) return true;
  const elsewhere = configuration.form === 'merged' && !componentNamed(configuration, 'receivers', id) && !componentNamed(configuration, 'exporters', id);
  return elsewhere && configuration.pipelines.some(({ exporters }) => exporters?.some((exporter) => exporter.id === id));
}
