import { typeOf } from './user-config.ts';

/** Types of processors whose place in a pipeline matters, in the order in which they belong there. */
export const misplaceable = ['memory_limiter', 'filter', 'batch'] as const;

export type Misplaced = (typeof misplaceable)[number];

/**
 * A pipeline's processors with those of one type in the wrong place: limiters last; filters, or batches, right behind the limiter that
 * is first. Where there is none of them, or nothing beside them, nothing changes.
 */
export function withMisplaced(names: readonly string[], type: Misplaced): readonly string[] {
  const [own, others] = [names.filter((id) => typeOf(id) === type), names.filter((id) => typeOf(id) !== type)];
  if (type === 'memory_limiter') return [...others, ...own];
  const behind = others.findIndex((id) => typeOf(id) !== 'memory_limiter');
  const at = behind < 0 ? others.length : behind;
  return [...others.slice(0, at), ...own, ...others.slice(at)];
}
