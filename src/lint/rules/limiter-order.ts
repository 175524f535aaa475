import { limiter } from '../components.ts';
import { componentNamed, componentsIn, isConnector } from '../configuration.ts';
import type { Configuration, Named, Pipeline } from '../configuration.ts';
import type { Found } from '../finding.ts';
import { ordered } from '../order.ts';
import { scalarAt, valueAt } from '../tree.ts';
import type { Tree } from '../tree.ts';

/** Each pipeline that takes data from outside begins with a limiter. */
export function limiterOrder(configuration: Configuration): readonly Found[] {
  return configuration.pipelines.flatMap((pipeline) => [...missing(configuration, pipeline), ...notFirst(pipeline)]);
}

function missing(configuration: Configuration, { name, processors, receivers, processorsAt }: Pipeline): Found[] {
  if (processors === undefined || processors.some(({ type }) => type === limiter)) return [];
  // What comes out of a connector went through the limiter of the pipeline that it came from.
  if (receivers !== undefined && receivers.length > 0 && receivers.every((receiver) => isConnector(configuration, receiver) || isLimitedItself(configuration, receiver))) return [];
  const known = componentsIn(configuration, 'processors')?.find(({ type }) => type === limiter);
  const fix = known ? `put ${known.id} first: ${ordered([known, ...processors])}` : 'configure memory_limiter and put it first';
  return [{ rule: 'limiter-missing', severity: 'error', at: processorsAt, message: `pipeline ${name} has no memory_limiter`, fix }];
}

function notFirst({ name, processors = [] }: Pipeline): Found[] {
  const index = processors.findIndex(({ type }) => type === limiter);
  const found = processors[index];
  if (found === undefined || index === 0) return [];
  const before = processors.slice(0, index).map(({ id }) => id);
  return [{ rule: 'limiter-not-first', severity: 'error', at: found.at, message: `${found.id} of pipeline ${name} comes after ${before.join(', ')}`, fix: `put it first: ${ordered(processors)}` }];
}

/** Whether a receiver has the limiter in front of itself: the extension of that name, as a middleware of its servers. */
function isLimitedItself(configuration: Configuration, { id }: Named): boolean {
  return holdsMiddleware(componentNamed(configuration, 'receivers', id)?.settings);
}

function holdsMiddleware(settings: Tree | undefined): boolean {
  if (settings?.kind !== 'mapping') return false;
  const middlewares = valueAt(settings, 'middlewares');
  if (middlewares?.kind === 'sequence' && middlewares.items.some((item) => String(scalarAt(item, 'id')).startsWith('memory_limiter'))) return true;
  return [...settings.entries.values()].some(({ value }) => holdsMiddleware(value));
}
