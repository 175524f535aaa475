import { podEnricher } from './components.ts';
import { isPutIn } from './configuration.ts';
import type { Component, Form } from './configuration.ts';
import { scalarAt, valueAt } from './tree.ts';
import type { Tree } from './tree.ts';

/** Attributes that a processor puts on what passes it. */
export interface Written {
  writes(key: string): boolean;
  /**
   * Whether only this processor can have written them: what pods are called, on data that does not come with it. Anything else may
   * have been there before, and be written once more or only where it is missing.
   */
  readonly alone: boolean;
}

/** What the k8sattributes processor extracts when its settings do not say (createDefaultConfig of contrib's processor), and by default of an image. */
const podMetadata = [
  'k8s.namespace.name', 'k8s.pod.name', 'k8s.pod.uid', 'k8s.pod.start_time', 'k8s.deployment.name', 'k8s.node.name',
  'container.image.name', 'container.image.tag', 'container.image.tags',
];

/** What an enriching processor writes, by its type; undefined for every other. */
export function writtenBy({ type, settings }: Component): Written | undefined {
  if (type === podEnricher) return podAttributes(settings);
  if (type === 'resource') return inserted(valueAt(settings, 'attributes'));
  if (type === 'attributes') return inserted(valueAt(settings, 'actions'));
  // Its detectors' attributes; SDKs write those of hosts as well, so only what no SDK knows counts.
  if (type === 'resourcedetection') return { writes: (key) => key.startsWith('cloud.'), alone: false };
  return undefined;
}

function podAttributes(settings: Tree): Written {
  if (scalarAt(settings, 'passthrough') === true) return { writes: (key) => key === 'k8s.pod.ip', alone: true };
  const listed = valueAt(settings, 'extract', 'metadata');
  const metadata = new Set<unknown>(listed?.kind === 'sequence' ? listed.items.map((item) => (item.kind === 'leaf' ? item.value : '')) : podMetadata);
  const extracted = ['labels', 'annotations'].flatMap((kind) => {
    const rules = valueAt(settings, 'extract', kind);
    return rules?.kind === 'sequence' ? rules.items.map((rule) => ({ kind, tag: scalarAt(rule, 'tag_name') })) : [];
  });
  const named = new Set(extracted.map(({ tag }) => tag));
  const prefixes = extracted.filter(({ tag }) => tag === undefined).flatMap(({ kind }) => ['pod', 'namespace', 'node'].map((of) => `k8s.${of}.${kind}.`));
  return { writes: (key) => metadata.has(key) || named.has(key) || prefixes.some((prefix) => key.startsWith(prefix)), alone: true };
}

/** Keys that get a value of the configuration's own; one that is renamed or hashed was there before. */
function inserted(actions: Tree | undefined): Written {
  const keys = actions?.kind !== 'sequence' ? [] : actions.items
    .filter((action) => ['insert', 'upsert'].includes(String(scalarAt(action, 'action'))) && scalarAt(action, 'value') !== undefined)
    .map((action) => scalarAt(action, 'key'));
  const set = new Set<unknown>(keys);
  return { writes: (key) => set.has(key), alone: false };
}

/**
 * Whether a k8sattributes processor finds pods by the connection that data came by, and by nothing else. So it does when its settings
 * do not say (README of contrib's processor), unless they are laid over others.
 */
export function findsByConnection({ type, settings }: Component, form: Form): boolean {
  if (type !== podEnricher || isPutIn(scalarAt(settings, 'pod_association'))) return false;
  const association = valueAt(settings, 'pod_association');
  if (association?.kind !== 'sequence' || association.items.length === 0) return form === 'whole';
  const from = association.items.flatMap((one) => {
    const sources = valueAt(one, 'sources');
    return sources?.kind === 'sequence' ? sources.items.map((source) => scalarAt(source, 'from')) : [scalarAt(one, 'from')];
  });
  return from.every((one) => one === 'connection');
}
