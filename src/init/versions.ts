import { localHost } from '../images/archive-cache.ts';
import { mappingsIn, textAt } from './seen.ts';
import type { Seen } from './seen.ts';

/** A component's version, and who runs it. */
export interface SeenVersion {
  readonly component: string;
  readonly version: string;
  readonly from: readonly string[];
  /** Other versions of it, with who runs them. */
  readonly others: readonly string[];
}

/** What images of components are called, in whatever registry: the last part of their names. */
const names: readonly (readonly [string, RegExp])[] = [
  ['collector', /^(?:opentelemetry-collector(?:-\w+)*|otel-collector(?:-\w+)*|otelcol(?:-\w+)*)$/],
  ['allocator', /^target-allocator$/], ['operator', /^opentelemetry-operator$/],
  ['mimir', /^(?:enterprise-metrics|mimir)$/], ['loki', /^(?:enterprise-logs|loki)$/], ['tempo', /^(?:enterprise-traces|tempo)$/],
  ['jaeger', /^(?:jaeger|all-in-one|jaeger-(?:collector|query))$/], ['grafana', /^grafana(?:-oss|-enterprise)?$/],
];

/** The component whose image this is, and its version where the tag says one. */
export function componentOf(image: string): { readonly component: string; readonly version?: string } | undefined {
  const [, path = '', tag = ''] = /^([^@]*?)(?::([^:@/]*))?(?:@.*)?$/.exec(image) ?? [];
  const last = path.split('/').at(-1) ?? '';
  // What is built here is called by the component, and its tag ends in the key of its content.
  const built = path.startsWith(`${localHost}/`);
  const component = names.find(([name, pattern]) => (built ? name === last : pattern.test(last)))?.[0];
  if (component === undefined) return undefined;
  // `latest` and names of branches say none.
  return /^v?\d+\.\d+[\w.-]*$/.test(tag) ? { component, version: built ? tag.replace(/-[0-9a-f]{12}$/, '') : tag.replace(/^v/, '') } : { component };
}

/** Versions by what images' tags say; of several the one that most run. @returns also images that say none, a sentence each */
export function versionsIn(all: readonly Seen[]): { readonly versions: readonly SeenVersion[]; readonly unknown: readonly string[] } {
  const found = all.flatMap(({ from, value }) => imagesIn(value).flatMap((image) => {
    const one = componentOf(image);
    return one ? [{ ...one, image, from }] : [];
  }));
  const byComponent = Map.groupBy(found.filter(({ version }) => version !== undefined), ({ component }) => component);
  const untold = found.filter(({ component, version }) => version === undefined && !byComponent.has(component));
  return {
    versions: names.flatMap(([component]) => {
      const byVersion = [...Map.groupBy(byComponent.get(component) ?? [], ({ version = '' }) => version)].map(([version, some]) => ({ version, from: [...new Set(some.map(({ from }) => from))] }));
      const [most, ...others] = byVersion.toSorted((a, b) => b.from.length - a.from.length || b.version.localeCompare(a.version, 'en', { numeric: true }));
      return most ? [{ component, ...most, others: others.map(({ version, from }) => `${version} (${from.join(', ')})`) }] : [];
    }),
    unknown: [...new Set(untold.map(({ component, image, from }) => `the version of ${component}: the tag of ${image} says none (${from})`))],
  };
}

/** Images of pods and resources, and of Helm values, where name and tag are two keys. */
function imagesIn(value: unknown): readonly string[] {
  return mappingsIn(value).flatMap((one) => {
    const [image, repository, tag] = [textAt(one, 'image'), textAt(one, 'repository'), String(one['tag'] ?? '')];
    return [image, repository === '' ? '' : `${repository}:${tag}`].filter((text) => text !== '' && !text.includes('{{'));
  });
}
