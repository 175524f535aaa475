import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';

/** What a YAML document says, with the offset of everything in it. Anchors are followed and merge keys (`<<`) merged. */
export type Tree = Mapping | Sequence | Leaf;

export interface Mapping {
  readonly kind: 'mapping';
  readonly at: number;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Keys that are written again in the same mapping: the collector does not start with one. */
  readonly again: readonly { readonly key: string; readonly at: number }[];
}

/** A key's offset, and its value. */
export interface Entry {
  readonly at: number;
  readonly value: Tree;
}

export interface Sequence {
  readonly kind: 'sequence';
  readonly at: number;
  readonly items: readonly Tree[];
}

export interface Leaf {
  readonly kind: 'leaf';
  readonly at: number;
  /** Text, number, boolean or null. */
  readonly value: unknown;
  /** Whether it is a block whose lines are those of the file (`|`). */
  readonly literal: boolean;
}

/**
 * A document's tree. What an anchor marks is in it once, however often it is named; one that holds itself ends in null.
 *
 * @param lost is told of an anchor that is named and not there
 */
export function treeOf(document: Document, lost: (name: string, at: number) => void): Tree {
  const known = new Map<Node, Tree>();
  const convert = (node: unknown): Tree => {
    if (isAlias(node)) return convert(node.resolve(document) ?? lost(node.source, offsetOf(node)));
    if (isMap(node)) return once(node, () => mappingOf(node, convert));
    if (isSeq(node)) return once(node, () => ({ kind: 'sequence', at: offsetOf(node), items: node.items.map(convert) }));
    return leafOf(node);
  };
  const once = (node: Node, make: () => Tree): Tree => {
    const before = known.get(node);
    if (before) return before;
    known.set(node, nothing(offsetOf(node)));
    const tree = make();
    known.set(node, tree);
    return tree;
  };
  return convert(document.contents);
}

function mappingOf(node: YAMLMap, convert: (node: unknown) => Tree): Mapping {
  const entries = new Map<string, Entry>();
  const merged: Mapping[] = [];
  const again: { key: string; at: number }[] = [];
  for (const { key, value } of node.items as Pair[]) {
    if (!isScalar(key)) continue; // `{{ … }}` of a template: nothing is called so
    const name = String(key.value);
    if (name === '<<') merged.push(...mergedInto(convert(value)));
    else if (entries.has(name)) again.push({ key: name, at: offsetOf(key) });
    if (name !== '<<') entries.set(name, { at: offsetOf(key), value: convert(value) });
  }
  for (const [name, entry] of merged.flatMap((one) => [...one.entries])) if (!entries.has(name)) entries.set(name, entry);
  return { kind: 'mapping', at: offsetOf(node), entries, again };
}

function mergedInto(value: Tree): readonly Mapping[] {
  if (value.kind === 'sequence') return value.items.filter((item) => item.kind === 'mapping');
  return value.kind === 'mapping' ? [value] : [];
}

function leafOf(node: unknown): Leaf {
  if (!isScalar(node)) return nothing(0);
  return { kind: 'leaf', at: offsetOf(node), value: node.value, literal: node.type === 'BLOCK_LITERAL' };
}

function nothing(at: number): Leaf {
  return { kind: 'leaf', at, value: null, literal: false };
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** What stands under a path of keys; undefined where something on the way is missing or no mapping. */
export function valueAt(tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined {
  return keys.reduce<Tree | undefined>((at, key) => (at?.kind === 'mapping' ? at.entries.get(key)?.value : undefined), tree);
}

/** A scalar under a path of keys. */
export function scalarAt(tree: Tree | undefined, ...keys: readonly string[]): unknown {
  const value = valueAt(tree, ...keys);
  return value?.kind === 'leaf' ? value.value : undefined;
}

/** How much a tree says when what anchors mark is written out where it is named: a few lines can name each other a billion times. */
export function sizeOf(tree: Tree, known = new Map<Tree, number>()): number {
  const before = known.get(tree);
  if (before !== undefined) return before;
  const size = childrenOf(tree).reduce((sum, child) => sum + sizeOf(child, known), 1);
  known.set(tree, size);
  return size;
}

/** Keys and values of a mapping; none of anything else. */
export function entriesOf(tree: Tree | undefined): readonly (readonly [string, Entry])[] {
  return tree?.kind === 'mapping' ? [...tree.entries] : [];
}

/** Everything that is right inside. */
export function childrenOf(tree: Tree): readonly Tree[] {
  if (tree.kind === 'leaf') return [];
  return tree.kind === 'sequence' ? tree.items : [...tree.entries.values()].map(({ value }) => value);
}
