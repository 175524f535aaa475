import { nearest } from '../../run/nearest.ts';
import { limiter, localExporters } from '../components.ts';
import { componentsIn } from '../configuration.ts';
import type { Configuration, Named, Section } from '../configuration.ts';
import type { Found } from '../finding.ts';
import { childrenOf, valueAt } from '../tree.ts';
import type { Mapping, Tree } from '../tree.ts';

/** What a part of a pipeline may name. */
const places = { receivers: ['receivers', 'connectors'], processors: ['processors'], exporters: ['exporters', 'connectors'] } as const;

/** Names in pipelines, and of extensions, that nothing is configured under. */
export function componentUndefined(configuration: Configuration): readonly Found[] {
  if (configuration.form !== 'whole') return [];
  const inPipelines = configuration.pipelines.flatMap((pipeline) => (['receivers', 'processors', 'exporters'] as const).flatMap((part) =>
    unknown(configuration, places[part], pipeline[part] ?? []).map((named) => undefinedComponent(configuration, part, named, `pipeline ${pipeline.name}`))));
  const extensions = unknown(configuration, ['extensions'], enabledExtensions(configuration)).map((named) => undefinedComponent(configuration, 'extensions', named, 'service'));
  return [...inPipelines, ...extensions];
}

function unknown(configuration: Configuration, sections: readonly Section[], named: readonly Pick<Named, 'id' | 'at'>[]) {
  const known = sections.map((section) => componentsIn(configuration, section));
  if (known.includes(undefined)) return [];
  return named.filter(({ id }) => !known.some((components) => components?.some((component) => component.id === id)));
}

function undefinedComponent(configuration: Configuration, section: Section, { id, at }: Pick<Named, 'id' | 'at'>, where: string): Found {
  const meant = nearest(id, (componentsIn(configuration, section) ?? []).map((component) => component.id));
  const fix = meant === undefined ? `configure it under ${section}, or do not name it` : `configure it under ${section}, or name ${meant}`;
  return { rule: 'component-undefined', severity: 'error', at, message: `${where} names ${id}, which is not under ${section}`, fix };
}

function enabledExtensions({ root }: Configuration): readonly Pick<Named, 'id' | 'at'>[] {
  const list = valueAt(root, 'service', 'extensions');
  return list?.kind !== 'sequence' ? [] : list.items.flatMap((item) => (item.kind === 'leaf' && typeof item.value === 'string' && !item.value.includes('$') ? [{ id: item.value.trim(), at: item.at }] : []));
}

/** Configured, and named by no pipeline. */
export function componentUnused(configuration: Configuration): readonly Found[] {
  const { form, pipelines } = configuration;
  if (form !== 'whole') return [];
  return (['receivers', 'processors', 'exporters'] as const).flatMap((section) => {
    const lists = pipelines.map((pipeline) => pipeline[section]);
    // A list that is put in when the collector starts may name it.
    if (lists.includes(undefined)) return [];
    const used = new Set(lists.flatMap((list) => list ?? []).map(({ id }) => id));
    return (componentsIn(configuration, section) ?? [])
      // A limiter that a pipeline lacks is said of the pipeline; what prints is kept at hand on purpose.
      .filter(({ id, type }) => !used.has(id) && type !== limiter && !localExporters.has(type))
      .map(({ id, at }): Found => ({ rule: 'component-unused', severity: 'warning', at, message: `no pipeline names ${id}`, fix: `name it under ${section} of a pipeline, or remove it` }));
  });
}

/** A connector that pipelines use in one of its two roles only. */
export function connectorOneSided(configuration: Configuration): readonly Found[] {
  const { form, pipelines } = configuration;
  if (form !== 'whole') return [];
  return (componentsIn(configuration, 'connectors') ?? []).flatMap(({ id, at }) => {
    const [received, exported] = (['receivers', 'exporters'] as const).map((part) => pipelines.some((pipeline) => pipeline[part] === undefined || pipeline[part].some((named) => named.id === id)));
    if (received === exported) return [];
    const message = received ? `${id} is a receiver, and no pipeline exports to it` : `pipelines export to ${id}, and none receives from it`;
    return [{ rule: 'connector-one-sided', severity: 'error', at, message, fix: `name it under ${received ? 'exporters' : 'receivers'} of a pipeline as well` } satisfies Found];
  });
}

/** Keys that are in one mapping twice. */
export function keyTwice({ root, form }: Configuration): readonly Found[] {
  if (form !== 'whole') return [];
  const seen = new Set<Tree>();
  const mappings = (tree: Tree): readonly Mapping[] => {
    if (seen.has(tree)) return [];
    seen.add(tree);
    return [...(tree.kind === 'mapping' ? [tree] : []), ...childrenOf(tree).flatMap(mappings)];
  };
  return mappings(root).flatMap(({ again }) => again.map(({ key, at }): Found => ({ rule: 'key-twice', severity: 'error', at, message: `${key} is in this mapping already`, fix: 'make one of the two' })));
}
