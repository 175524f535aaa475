import { afterBatch, batcher, limiter } from './components.ts';
import type { Named } from './configuration.ts';

/** Whether a processor has its place after a batch. */
export function mayFollow({ type }: Pick<Named, 'type'>): boolean {
  return afterBatch.has(type);
}

/** Processors as a pipeline should list them: the limiter, the others as they are, the batch, and what may follow it. */
export function ordered(processors: readonly Pick<Named, 'id' | 'type'>[]): string {
  const rank = (one: Pick<Named, 'type'>): number => (one.type === limiter ? 0 : one.type === batcher ? 2 : mayFollow(one) ? 3 : 1);
  return `[${processors.toSorted((a, b) => rank(a) - rank(b)).map(({ id }) => id).join(', ')}]`;
}
