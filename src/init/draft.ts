import { stringify } from 'yaml';
import { strategyIn } from '../platform/user-allocator.ts';
import { at, isMapping, textAt } from './seen.ts';
import type { Seen } from './seen.ts';
import { collectorIn } from './collector.ts';
import type { SeenCollector } from './collector.ts';
import { nodesIn } from './nodes.ts';
import type { SeenNodes } from './nodes.ts';
import { tenantsIn } from './tenants.ts';
import type { SeenTenants } from './tenants.ts';
import { versionsIn } from './versions.ts';
import type { SeenVersion } from './versions.ts';

export interface DraftOptions {
  /** What it was read from, in words; left out: nothing. */
  readonly source?: string;
  /** What of that could not be read. */
  readonly unread: readonly string[];
  /** Where an editor finds the file's schema, as seen from the file. */
  readonly schema: string;
  /** Versions of a component that can be built here. */
  readonly buildable: (component: string) => readonly string[];
}

/** A configuration as YAML, with a comment at each value of where it is from, and of what is not known. */
export function draftOf(seen: readonly Seen[], { source, unread, schema, buildable }: DraftOptions): string {
  const { versions, unknown } = versionsIn(seen);
  const tenants = tenantsIn(seen);
  const sections = [versionLines(versions, buildable), collectorLines(collectorIn(seen)), allocatorLines(seen), tenantLines(tenants), nodeLines(nodesIn(seen))];
  return `${[
    [`# yaml-language-server: $schema=${schema}`, comment(`Written by plumbline init${source === undefined ? '' : ` from ${source}`}. docs/configuration.md has every key.`)],
    ...sections,
    notKnown([...unknown, ...tenants.unknown, ...unread, ...(source === undefined ? [] : ['which of your claims bind: `binding: [SD-1, tenant-isolation]` names them; without it all do'])]),
  ].filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Foreign names on one line: nothing of them may end a comment. */
function comment(text: string): string {
  return `# ${text.replaceAll(/\s+/g, ' ')}`;
}

function asComment(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `# ${line}`.trimEnd());
}

function yamlLines(value: unknown): readonly string[] {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().split('\n');
}

function versionLines(versions: readonly SeenVersion[], buildable: DraftOptions['buildable']): readonly string[] {
  if (versions.length === 0) return [comment('No version of any component was found: `versions: {collector: 0.131.0}` says one.')];
  return ['versions:', ...versions.flatMap(({ component, version, from, others }) => [
    ...(buildable(component).includes(version) ? [] : [`  ${comment(`${component} ${version} has no lock here (${buildable(component).join(', ')} have): it takes an official image (--images registry) or a lock, docs/builds.md`)}`]),
    `  ${component}: ${version} ${comment(`${listed(from)}${others.length === 0 ? '' : `; also ${others.join(', ')}`}`)}`,
  ])];
}

/** Names of the first few. */
function listed(names: readonly string[], most = 3): string {
  return `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;
}

function collectorLines(collector: SeenCollector | undefined): readonly string[] {
  if (!collector) return [comment('No collector configuration was found: `collector: {config: ./collector.yaml}` names one.')];
  const { from, config, merged, redacted, refused, others } = collector;
  const yaml = yamlLines({ collector: { config } });
  return [
    comment(`Collector: ${from}. Receivers, extensions and telemetry are a run's own, and left out.`),
    ...(merged ? [comment('It is laid over another one, such as a chart\'s, of which nothing is here: `plumbline init --from` what `helm template` prints has the whole.')] : []),
    ...(others.length === 0 ? [] : [comment(`Others that were found: ${listed(others, 5)}.`)]),
    ...(redacted.length === 0 ? [] : [comment(`Redacted, for a credential does not belong here, and no run needs one: ${redacted.join(', ')}.`)]),
    ...(refused === undefined ? yaml : [comment(`It cannot be taken over as it is: ${refused}.`), ...asComment(yaml)]),
  ];
}

function allocatorLines(seen: readonly Seen[]): readonly string[] {
  const said = seen.flatMap(({ from, value }) => [value, ...configFiles(value)].flatMap((one) => {
    const strategy = strategyIn(one);
    return strategy === undefined || at(value, 'spec', 'targetAllocator', 'enabled') === false ? [] : [{ from, strategy }];
  }));
  const [first, ...others] = said;
  if (!first) return seen.length === 0 ? [] : [comment('No allocator with a strategy was found. Where collectors discover targets by themselves it is:'), '# allocator: null'];
  const different = others.filter(({ strategy }) => strategy !== first.strategy).map(({ from, strategy }) => `${strategy} (${from})`);
  return ['allocator:', `  strategy: ${first.strategy} ${comment(`${first.from}${different.length === 0 ? '' : `; also ${listed(different)}`}`)}`];
}

/** Files in a ConfigMap. */
function configFiles(value: unknown): readonly unknown[] {
  const data = textAt(value, 'kind') === 'ConfigMap' ? at(value, 'data') : undefined;
  if (!isMapping(data)) return [];
  return Object.values(data).flatMap((text) => (typeof text === 'string' ? [{ allocation_strategy: /^allocation_strategy:\s*["']?([a-z-]+)/m.exec(text)?.[1] }] : []));
}

function tenantLines({ tenants, from }: SeenTenants): readonly string[] {
  const names = Object.keys(tenants);
  if (names.length === 0) return [];
  const yaml = yamlLines({ tenants });
  const origin = comment(`Tenants: X-Scope-OrgID of exporters, and limits of backends' runtime overrides: ${listed(from, 5)}. The first one surges.`);
  if (names.length < 2) return [origin, comment('It takes two at least: one that must not notice.'), ...asComment(yaml)];
  const limited = Object.values(tenants).some((limits) => Object.keys(limits).length > 0);
  return [origin, ...(limited ? [] : [comment('No limit of theirs was found: claims about limits are skipped until the first one has some (docs/tenants.md).')]), ...yaml];
}

/** Claims fill nodes of these sizes: what a machine would not bear is no default. */
const mostMiB = 8192;

/** What a platform's node can be, MiB. */
const leastMiB = 1024;

function nodeLines(nodes: SeenNodes | undefined): readonly string[] {
  if (!nodes) return [];
  const { count, smallest, largestMiB } = nodes;
  const larger = Math.max(largestMiB, 2 * smallest.memoryMiB);
  const yaml = yamlLines({ nodeSizes: { 'node-2': { memoryMiB: smallest.memoryMiB }, 'node-3': { memoryMiB: larger } } });
  return [
    comment(`Nodes: ${count}, from ${smallest.memoryMiB} (${smallest.name}) to ${largestMiB} MiB. node-2 is the small one of claims, node-3 the larger one${larger > largestMiB ? ', twice as large at least' : ''}.`),
    ...(smallest.memoryMiB >= leastMiB && larger <= mostMiB ? yaml : [comment(`They are no sizes to fill on one machine (${leastMiB} to ${mostMiB} MiB); claims about small nodes have their own.`), ...asComment(yaml)]),
  ];
}

function notKnown(sentences: readonly string[]): readonly string[] {
  return sentences.length === 0 ? [] : ['# Not found out:', ...sentences.map((one) => `#   ${one.replaceAll(/\s+/g, ' ')}`)];
}
