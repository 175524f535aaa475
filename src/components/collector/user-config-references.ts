import { typeOf } from './user-config.ts';
import type { UserConfig } from './user-config.ts';
import { configRefused } from './user-config-refused.ts';

/** What a pod can be told of itself, by the names that charts and the operator's users give to it. */
const facts: readonly (readonly [RegExp, string])[] = [
  [/^(?:MY_|K8S_|KUBE_|OTEL_)?POD_NAME$/, 'metadata.name'],
  [/^(?:MY_|K8S_|KUBE_|OTEL_)?(?:POD_)?NAMESPACE(?:_NAME)?$/, 'metadata.namespace'],
  [/^(?:MY_|K8S_|KUBE_|OTEL_)?POD_UID$/, 'metadata.uid'],
  [/^(?:MY_|K8S_|KUBE_|OTEL_)?POD_IP$/, 'status.podIP'],
  [/^(?:MY_|K8S_|KUBE_|OTEL_)?NODE(?:_NAME)?$/, 'spec.nodeName'],
  [/^(?:MY_|K8S_|KUBE_|OTEL_)?(?:NODE|HOST)_IP$/, 'status.hostIP'],
];

/** A reference to something outside of a configuration. */
interface Reference {
  /** As written. */
  readonly text: string;
  /** Of the environment; undefined where it is to none. */
  readonly variable?: string;
  readonly hasDefault: boolean;
}

/** What of a configuration may refer to something. */
type Referring = Pick<UserConfig, 'processors' | 'pipelines'>;

/** Fields of the pod by the variables of the environment that a configuration refers to and pods are given. */
export function podFacts(config: Referring): Readonly<Record<string, string>> {
  return Object.fromEntries(parts(config).flatMap(([, part]) => variablesIn(part)).flatMap(({ variable = '' }) => {
    const field = fieldOf(variable);
    return field === undefined ? [] : [[variable, field]];
  }));
}

/**
 * A variable that is not set is empty to a collector, and most settings then keep it from starting: one that pods are not given must have a
 * default. What a file or a URL would hold is not there either.
 * @throws PlumblineError PL-COLLECTOR-CONFIG with the component and the reference
 */
export function refuseUnset(config: Referring, file: string): void {
  for (const [name, part] of parts(config)) {
    const unset = variablesIn(part).find(({ variable, hasDefault }) => variable === undefined || (!hasDefault && fieldOf(variable) === undefined));
    if (unset) throw configRefused(file, 'references that pods of a run can follow', `${name}: ${unset.text}`, 'write the value, or a default as in ${env:NAME:-value}; what a pod knows of itself (K8S_NODE_NAME, POD_IP and the like) is set');
  }
}

/** What may refer to something, by what an error calls it. */
function parts({ processors, pipelines }: Referring): readonly (readonly [string, unknown])[] {
  const exporters = Object.entries(pipelines).map(([signal, { exporter }]): [string, unknown] => [`the exporter of ${signal}`, exporter]);
  return [...Object.entries(processors), ...exporters];
}

function variablesIn(value: unknown): readonly Reference[] {
  if (typeof value === 'string') return referencesIn(value);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]: readonly [string, unknown]) =>
    // k8sattributes is told its node by a variable's bare name.
    (key === 'node_from_env_var' && typeof inner === 'string' ? [{ text: `node_from_env_var: ${inner}`, variable: inner, hasDefault: false }] : variablesIn(inner)));
}

/** `${env:NAME}`, `${env:NAME:-default}` and `${NAME}`; two dollars are an escaped one. `${yaml:…}` holds its value itself. */
function referencesIn(text: string): readonly Reference[] {
  return [...text.matchAll(/(\$*)\$\{([^{}]*)\}/g)].flatMap(([written, dollars = '', inner = '']) => {
    if (dollars.length % 2 === 1 || inner.startsWith('yaml:')) return [];
    const [, variable, defaulted] = /^(?:env:)?([A-Za-z_]\w*)(:-.*)?$/s.exec(inner.startsWith('env:') || !inner.includes(':') ? inner : '') ?? [];
    return [{ text: written, ...(variable === undefined ? {} : { variable }), hasDefault: defaulted !== undefined }];
  });
}

function fieldOf(variable: string): string | undefined {
  return facts.find(([name]) => name.test(variable))?.[1];
}

/** Whether a configuration asks the API server about pods, which takes rights. */
export function enriches({ pipelines }: Pick<UserConfig, 'pipelines'>): boolean {
  return Object.values(pipelines).some(({ processors }) => processors.some((id) => typeOf(id) === 'k8sattributes'));
}
