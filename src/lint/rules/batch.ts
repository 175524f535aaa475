import { batcher, limiter } from '../components.ts';
import { componentNamed } from '../configuration.ts';
import type { Configuration, Pipeline } from '../configuration.ts';
import type { Found } from '../finding.ts';
import { mayFollow, ordered } from '../order.ts';
import { findsByConnection } from '../written.ts';

/** Batches are put together last. A pipeline without the processor is fine: exporters batch in their queues. */
export function batchNotLast(configuration: Configuration): readonly Found[] {
  return configuration.pipelines.flatMap((pipeline) => inPipeline(configuration, pipeline));
}

function inPipeline(configuration: Configuration, { name, processors = [] }: Pipeline): Found[] {
  const index = processors.findIndex(({ type }) => type === batcher);
  const batch = processors[index];
  // That a limiter comes late is said of the limiter.
  const after = processors.slice(index + 1).filter((one) => !mayFollow(one) && one.type !== limiter);
  if (batch === undefined || after.length === 0) return [];
  const blind = after.some(({ id }) => {
    const component = componentNamed(configuration, 'processors', id);
    return component !== undefined && findsByConnection(component, configuration.form);
  });
  return [{
    rule: 'batch-not-last', severity: 'error', at: batch.at,
    message: `${batch.id} of pipeline ${name} comes before ${after.map(({ id }) => id).join(', ')}${blind ? ', which finds pods by a connection that batches no longer have' : ''}`,
    fix: `put it last: ${ordered(processors)}`,
  }];
}
