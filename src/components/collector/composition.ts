import { extensionsFor, otlpHttpExporter, processorsFor, queueStorage } from './pipeline.ts';
import type { Delivery, OtlpHttpExporter } from './pipeline.ts';
import { storageOf } from './user-config-exporter.ts';
import { signals, typeOf } from './user-config.ts';
import type { Settings, Signal, UserConfig, UserPipeline } from './user-config.ts';

/** What pipelines of a tenant's collectors consist of, between the receiver and the backend: the seed's parts, or a user's own. */
export interface Composition {
  /** Ids of a signal's processors, in order. */
  processorsOf(signal: Signal): readonly string[];
  /** Settings of all of them. */
  readonly processors: Readonly<Record<string, object>>;
  /** @param endpoint OTLP/HTTP base URL, to which the exporter adds `/v1/<signal>` */
  exporterOf(signal: Signal, endpoint: string, tenant: string): object;
  readonly extensions: Readonly<Record<string, object>>;
  /** Whether a queue of them is in files. */
  readonly persistent: boolean;
}

/** @param user left out: the seed's parts alone */
export function compositionOf(delivery: Delivery, user?: UserConfig): Composition {
  return user ? userComposition(delivery, user) : seedComposition(delivery);
}

function seedComposition(delivery: Delivery): Composition {
  const { names, configured } = processorsFor(delivery);
  return {
    processorsOf: () => names, processors: configured,
    exporterOf: (_signal, endpoint, tenant) => otlpHttpExporter(endpoint, tenant, delivery),
    extensions: extensionsFor(delivery), persistent: delivery.queue === 'persistent',
  };
}

function userComposition(delivery: Delivery, user: UserConfig): Composition {
  const seed = besideUsers(processorsFor(delivery));
  const processorsOf = (signal: Signal): readonly string[] => {
    const own = user.pipelines[signal];
    return own ? processorsWith(own, seed.names, user.said) : seed.names;
  };
  const exporterOf = (signal: Signal, endpoint: string, tenant: string): object =>
    userExporter(otlpHttpExporter(endpoint, tenant, delivery), delivery, user.said, user.pipelines[signal]?.exporter);
  const persistent = signals.some((signal) => storageOf((exporterOf(signal, '', '') as Settings)['sending_queue']) !== undefined);
  const named = new Set(signals.flatMap(processorsOf));
  return {
    processorsOf, exporterOf, persistent,
    processors: Object.fromEntries([...named].map((id) => [id, seed.configured[id] ?? user.processors[id] ?? {}])),
    extensions: extensionsFor({ ...delivery, queue: persistent ? 'persistent' : 'memory' }),
  };
}

/** The seed's processors by ids that a user's own do not have. */
function besideUsers({ names, configured }: ReturnType<typeof processorsFor>): ReturnType<typeof processorsFor> {
  const renamed = (id: string): string => `${id}/plumbline`;
  return { names: names.map(renamed), configured: Object.fromEntries(Object.entries(configured).map(([id, settings]) => [renamed(id), settings])) };
}

/** Settings of a platform that decide about a type of processor, and that processor's place. */
const placed = [
  { setting: 'limiter', type: 'memory_limiter', place: 'first' },
  { setting: 'batching', type: 'batch', place: 'last' },
] as const;

/** The user's processors; where a setting was said after the file, the seed's of that type in place of the user's, or none where that is what was said. */
function processorsWith({ processors }: UserPipeline, seed: readonly string[], said: readonly string[]): readonly string[] {
  return placed.filter(({ setting }) => said.includes(setting)).reduce<readonly string[]>((names, { type, place }) => {
    const left = names.filter((id) => typeOf(id) !== type);
    const own = seed.filter((id) => typeOf(id) === type);
    return place === 'first' ? [...own, ...left] : [...left, ...own];
  }, processors);
}

function userExporter(seed: OtlpHttpExporter, delivery: Delivery, said: readonly string[], user: Settings | undefined): object {
  if (!user) return seed;
  const queue = queueWith((user['sending_queue'] ?? {}) as Settings, seed.sending_queue as Settings, delivery, said);
  const { sending_queue: _, ...others } = user;
  return {
    ...others, endpoint: seed.endpoint, headers: seed.headers,
    ...(said.includes('retry') ? { retry_on_failure: seed.retry_on_failure } : {}),
    ...(Object.keys(queue).length > 0 ? { sending_queue: queue } : {}),
  };
}

/** The user's queue, in the run's own files where it is in files; what was said after the file holds in its place. */
function queueWith(user: Settings, seed: Settings, { queue, batching }: Delivery, said: readonly string[]): object {
  if (said.includes('queue') && queue === 'none') return seed;
  const { storage: _, ...written } = user;
  const persistent = said.includes('queue') ? queue === 'persistent' : storageOf(user) !== undefined;
  const kept = { ...written, ...(said.includes('queue') ? { enabled: true } : {}), ...(persistent ? { storage: queueStorage } : {}) };
  if (!said.includes('batching')) return kept;
  const { batch: __, ...unbatched } = kept as Settings;
  const { sizer, queue_size: size, batch } = seed;
  return batching === 'queue' ? { ...unbatched, sizer, queue_size: size, batch } : unbatched;
}
