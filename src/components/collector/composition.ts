import { withMisplaced } from './misplaced.ts';
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
  const composition = user ? userComposition(delivery, user) : seedComposition(delivery);
  const { misplaced } = delivery;
  return misplaced === undefined ? composition : { ...composition, processorsOf: (signal) => withMisplaced(composition.processorsOf(signal), misplaced) };
}

function seedComposition(delivery: Delivery): Composition {
  const { names, configured } = processorsFor(delivery);
  return {
    processorsOf: () => names, processors: configured,
    exporterOf: (_signal, endpoint, tenant) => otlpHttpExporter(endpoint, tenant, delivery),
    extensions: extensionsFor(delivery), persistent: delivery.queue === 'persistent',
  };
}

/** Whether a setting, or a part of it, was said after the user's file. */
type Said = (setting: string) => boolean;

function userComposition(delivery: Delivery, user: UserConfig): Composition {
  const said: Said = (setting) => user.said.some((path) => path === setting || path.startsWith(`${setting}.`));
  const seed = besideUsers(processorsFor(delivery));
  const processorsOf = (signal: Signal): readonly string[] => {
    const own = user.pipelines[signal];
    return own ? processorsWith(own, seed.names, said) : seed.names;
  };
  const exporterOf = (signal: Signal, endpoint: string, tenant: string): object =>
    userExporter(otlpHttpExporter(endpoint, tenant, delivery), delivery, said, user.pipelines[signal]?.exporter);
  const persistent = signals.some((signal) => storageOf((exporterOf(signal, '', '') as Settings)['sending_queue']) !== undefined);
  const named = new Set(signals.flatMap(processorsOf));
  return {
    processorsOf, exporterOf, persistent,
    processors: Object.fromEntries([...named].map((id) => [id, seed.configured[id] ?? user.processors[id] ?? {}])),
    extensions: extensionsFor({ ...delivery, queue: persistent ? 'persistent' : 'memory' }),
  };
}

/** Settings of a platform that hold in place of a user's file where they are said after it. */
const deciding = ['retry', 'queue', 'batching', 'memory.limiter', 'memory.queueRequests', 'memory.batchItems'];

/** Those of what was said after a user's file that are not in the collectors as the file has it. */
export function saidInstead({ said }: Pick<UserConfig, 'said'>): readonly string[] {
  return said.filter((path) => deciding.some((setting) => path === setting || path.startsWith(`${setting}.`)));
}

/** The seed's processors by ids that a user's own do not have. */
function besideUsers({ names, configured }: ReturnType<typeof processorsFor>): ReturnType<typeof processorsFor> {
  const renamed = (id: string): string => `${id}/plumbline`;
  return { names: names.map(renamed), configured: Object.fromEntries(Object.entries(configured).map(([id, settings]) => [renamed(id), settings])) };
}

/** Settings of a platform that decide about a type of processor, and that processor's place. */
const placed = [
  { settings: ['memory.limiter'], type: 'memory_limiter', place: 'first' },
  { settings: ['batching', 'memory.batchItems'], type: 'batch', place: 'last' },
] as const;

/** The user's processors; where a setting was said after the file, the seed's of that type in place of the user's, or none where that is what was said. */
function processorsWith({ processors }: UserPipeline, seed: readonly string[], said: Said): readonly string[] {
  return placed.filter(({ settings }) => settings.some(said)).reduce<readonly string[]>((names, { type, place }) => {
    const left = names.filter((id) => typeOf(id) !== type);
    const own = seed.filter((id) => typeOf(id) === type);
    return place === 'first' ? [...own, ...left] : [...left, ...own];
  }, processors);
}

function userExporter(seed: OtlpHttpExporter, delivery: Delivery, said: Said, user: Settings | undefined): object {
  if (!user) return seed;
  const queue = queueWith((user['sending_queue'] ?? {}) as Settings, seed.sending_queue as Settings, delivery, said);
  const { sending_queue: _, ...others } = user;
  return {
    ...others, endpoint: seed.endpoint, headers: seed.headers,
    ...(said('retry') ? { retry_on_failure: seed.retry_on_failure } : {}),
    ...(Object.keys(queue).length > 0 ? { sending_queue: queue } : {}),
  };
}

/** The user's queue, in the run's own files where it is in files; what was said after the file holds in its place. */
function queueWith(user: Settings, seed: Settings, { queue, batching }: Delivery, said: Said): object {
  if (said('queue') && queue === 'none') return seed;
  const { storage: _, ...written } = user;
  const persistent = said('queue') ? queue === 'persistent' : storageOf(user) !== undefined;
  const kept: Settings = { ...written, ...(said('queue') ? { enabled: true } : {}), ...(persistent ? { storage: queueStorage } : {}) };
  const resized = said('memory.queueRequests') ? replaced(kept, seed, ['sizer', 'queue_size']) : kept;
  return ['batching', 'memory.batchItems'].some(said) ? replaced(resized, seed, batching === 'queue' ? ['sizer', 'queue_size', 'batch'] : ['batch']) : resized;
}

/** These of the user's settings are the seed's, which may have none of them. */
function replaced(user: Settings, seed: Settings, names: readonly string[]): Settings {
  const [own, others] = [Object.entries(seed).filter(([name]) => names.includes(name)), Object.entries(user).filter(([name]) => !names.includes(name))];
  return Object.fromEntries([...others, ...own]);
}
