import { bareReceivers, droppers, podEnricher } from '../components.ts';
import { componentNamed } from '../configuration.ts';
import type { Component, Configuration, Named, Pipeline } from '../configuration.ts';
import type { Found } from '../finding.ts';
import { readBy } from '../read.ts';
import type { Read } from '../read.ts';
import { findsByConnection, writtenBy } from '../written.ts';

/**
 * Enrichment before what depends on it. A filter that asks for nothing that is added later may stand first: it saves work, and
 * upstream recommends it. So a misorder is one only where a condition names what is written after it.
 */
export function enrichmentAfterFilter(configuration: Configuration): readonly Found[] {
  return configuration.pipelines.flatMap((pipeline) => {
    const processors = (pipeline.processors ?? []).map((named) => ({ named, component: componentNamed(configuration, 'processors', named.id) }));
    return processors.flatMap(({ named, component }, index) => {
      const later = processors.slice(index + 1).flatMap((one) => (one.component ? [one.component] : []));
      const earlier = processors.slice(0, index).flatMap((one) => (one.component ? [one.component] : []));
      return [...samplerFirst(configuration, pipeline, named, earlier, later), ...(component ? readsTooEarly(pipeline, named, component, earlier, later) : [])];
    });
  });
}

/** Sampling puts spans together anew, and the connection that they came by is forgotten. */
function samplerFirst({ form }: Configuration, { name }: Pipeline, named: Named, earlier: readonly Component[], later: readonly Component[]): Found[] {
  const blind = later.find((one) => findsByConnection(one, form));
  if (!['tailsampling', 'groupbytrace'].includes(named.type) || blind === undefined || earlier.some(({ type }) => type === podEnricher)) return [];
  return [{
    rule: 'enrichment-after-filter', severity: 'error', at: named.at,
    message: `${blind.id} of pipeline ${name} comes after ${named.id}, and finds pods by a connection that is forgotten there`,
    fix: `put ${blind.id} before ${named.id}`,
  }];
}

function readsTooEarly(pipeline: Pipeline, named: Named, component: Component, earlier: readonly Component[], later: readonly Component[]): Found[] {
  const found = later.flatMap((writer) => {
    const written = writtenBy(writer);
    // What the same kind of processor wrote before, or what came with the data, is there already.
    if (!written || earlier.some(({ type }) => type === writer.type || type === 'transform')) return [];
    if (written.alone ? !comesBare(pipeline) : !droppers.has(component.type)) return [];
    const read = readBy(component).find(({ key }) => written.writes(key));
    return read ? [tooEarly(pipeline, named, writer, read, written.alone)] : [];
  });
  return found.slice(0, 1);
}

function tooEarly({ name }: Pipeline, named: Named, writer: Component, { key }: Read, certain: boolean): Found {
  return {
    rule: 'enrichment-after-filter', severity: certain ? 'error' : 'warning', at: named.at,
    message: `${named.id} of pipeline ${name} asks for ${key}, which ${writer.id} writes after it`,
    fix: `put ${writer.id} before ${named.id}`,
  };
}

/** Whether nothing that a pipeline receives is known to bring its pods' names along. */
function comesBare({ receivers }: Pipeline): boolean {
  return receivers !== undefined && receivers.length > 0 && receivers.every(({ type }) => bareReceivers.has(type));
}

