import { droppers } from './components.ts';
import type { Component } from './configuration.ts';
import { childrenOf, entriesOf, scalarAt, valueAt } from './tree.ts';
import type { Tree } from './tree.ts';

/** An attribute in a condition or a value, and where it is named. */
export interface Read {
  readonly key: string;
  readonly at: number;
}

/** Attributes that a processor's work depends on. Those that it only writes are not among them, nor those that it looks for in vain on purpose. */
export function readBy({ type, settings }: Component): readonly Read[] {
  if (droppers.has(type)) return inConditions(settings);
  if (type === 'transform') return inStatements(settings);
  if (type === 'resource') return copied(valueAt(settings, 'attributes'));
  if (type === 'attributes') return copied(valueAt(settings, 'actions'));
  return [];
}

/** `attributes["k8s.pod.name"]` of a resource, a span or a record, as OTTL names it. */
const ottlAttribute = /attributes\s*\[\s*"([^"\]]+)"\s*\]/g;

/** A condition on whether an attribute is there at all expects that it may not be. */
const ottlNil = /attributes\s*\[\s*"[^"\]]+"\s*\]\s*[!=]=\s*nil|nil\s*[!=]=\s*\S*attributes\s*\[\s*"[^"\]]+"\s*\]/;

function inText(text: string, at: number): readonly Read[] {
  if (ottlNil.test(text)) return [];
  return [...text.matchAll(ottlAttribute)].map(([, key = '']) => ({ key, at }));
}

/** Filters and samplers: OTTL, or mappings with the attribute's name under `key`. */
function inConditions(settings: Tree): readonly Read[] {
  if (settings.kind === 'leaf') return typeof settings.value === 'string' ? inText(settings.value, settings.at) : [];
  if (settings.kind === 'sequence') return settings.items.flatMap(inConditions);
  return entriesOf(settings).flatMap(([name, { value }]) => {
    const isKey = (name === 'key' || name === 'from_attribute') && value.kind === 'leaf' && typeof value.value === 'string';
    return isKey ? [{ key: String(value.value), at: value.at }] : inConditions(value);
  });
}

/** Statements of OTTL: what they take values from and what they ask, without what they set. */
function inStatements(settings: Tree): readonly Read[] {
  const written = new Set<string>();
  const reads = leavesOf(settings).flatMap(({ value, at }) => {
    if (typeof value !== 'string') return [];
    const target = /^\s*set\s*\(\s*([^,]+),/.exec(value);
    for (const [, key = ''] of target?.[1]?.matchAll(ottlAttribute) ?? []) written.add(key);
    return inText(target ? value.slice(target[0].length) : (/\bwhere\b.*$/s.exec(value)?.[0] ?? ''), at);
  });
  return reads.filter(({ key }) => !written.has(key));
}

function leavesOf(tree: Tree): readonly { readonly value: unknown; readonly at: number }[] {
  if (tree.kind === 'leaf') return [tree];
  return childrenOf(tree).flatMap(leavesOf);
}

function copied(actions: Tree | undefined): readonly Read[] {
  if (actions?.kind !== 'sequence') return [];
  return actions.items.flatMap((action) => {
    const key = scalarAt(action, 'from_attribute');
    return typeof key === 'string' ? [{ key, at: action.at }] : [];
  });
}
