import { parseAllDocuments, stringify } from 'yaml';
import { documentsIn } from '../lint/documents.ts';
import type { Tree } from '../lint/tree.ts';

/** What a platform was described by: an object of a cluster, or a document of a file. */
export interface Seen {
  /** `DaemonSet otel/agent`, `values.yaml`. */
  readonly from: string;
  readonly value: unknown;
  /** Collectors' configurations in it. */
  readonly configurations: readonly SeenConfiguration[];
}

export interface SeenConfiguration {
  readonly value: Mapping;
  /** It is laid over another one, as Helm values are over a chart's. */
  readonly merged: boolean;
}

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** What stands under a path of keys; undefined where there is nothing. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (isMapping(inner) ? inner[key] : undefined), value);
}

/** The same as text; empty of anything else. */
export function textAt(value: unknown, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : '';
}

/** Every mapping in a value, at any depth. */
export function mappingsIn(value: unknown): readonly Mapping[] {
  if (Array.isArray(value)) return value.flatMap(mappingsIn);
  return isMapping(value) ? [value, ...Object.values(value).flatMap(mappingsIn)] : [];
}

/** An object as an API server gives it; lists leave its kind out. */
export function seenObject(object: Mapping): Seen {
  return { from: nameOf(object), value: object, configurations: configurationsIn(stringify(object)) };
}

/** @returns also what of it could not be read, a sentence each */
export function seenInText(text: string, file: string): { readonly seen: readonly Seen[]; readonly unread: readonly string[] } {
  const unread = documentsIn(text, true).broken.map(({ place, message }) => `${file}:${place.line}: ${message.split('\n')[0]}`);
  if (unread.length > 0) return { seen: [], unread };
  const values = parseAllDocuments(text, { merge: true, uniqueKeys: false, logLevel: 'silent' }).map((document) => document.toJS({ maxAliasCount: -1 }) as unknown).filter(isMapping);
  return { unread, seen: values.flatMap(itemsOf).map((value) => ({ from: [file, nameOf(value)].filter(Boolean).join(': '), value, configurations: configurationsIn(stringify(value)) })) };
}

/** `kubectl get -o yaml` gives several as one. */
function itemsOf(value: Mapping): readonly Mapping[] {
  return textAt(value, 'kind').endsWith('List') && Array.isArray(value['items']) ? value['items'].filter(isMapping) : [value];
}

function nameOf(object: Mapping): string {
  const name = [textAt(object, 'metadata', 'namespace'), textAt(object, 'metadata', 'name')].filter(Boolean).join('/');
  return [textAt(object, 'kind'), name].filter(Boolean).join(' ');
}

function configurationsIn(text: string): readonly SeenConfiguration[] {
  return documentsIn(text, false).configurations.flatMap(({ root, form }) => {
    const value = valueOf(root);
    return isMapping(value) ? [{ value, merged: form === 'merged' }] : [];
  });
}

function valueOf(tree: Tree): unknown {
  if (tree.kind === 'leaf') return tree.value;
  if (tree.kind === 'sequence') return tree.items.map(valueOf);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, valueOf(value)]));
}
