import { typeOf } from './user-config.ts';
import type { Settings } from './user-config.ts';

/** How an exporter of a user's sends, and what was left out of it. */
export interface TakenExporter {
  readonly settings: Settings;
  readonly notes: readonly string[];
}

/** Newer collectors have these names, too. */
const grpcTypes = ['otlp', 'otlp_grpc'];
const httpTypes = ['otlphttp', 'otlp_http'];

/** Where it leads, as whom, and what would take an extension or a proxy that is not here: the harness's. */
const owned = ['endpoint', 'traces_endpoint', 'metrics_endpoint', 'logs_endpoint', 'profiles_endpoint', 'tls', 'auth', 'headers', 'cookies', 'proxy_url', 'middlewares', 'middleware'];

/** What exporters of either protocol have and mean the same by. */
const common = ['sending_queue', 'retry_on_failure', 'timeout', 'compression'];

/** Seconds that an OTLP exporter waits for an answer by default; over HTTP it is 30 (createDefaultConfig of either exporter). */
const grpcDefaults = { timeout: '5s' };

/** Compressions that every backend and the gate read: Loki takes no other, Mimir no snappy, and the gate looks into what it passes on. */
const readable = ['gzip', 'none', ''];

/** Whether a component sends OTLP. */
export function sendsOtlp(id: string): boolean {
  return [...grpcTypes, ...httpTypes].includes(typeOf(id));
}

/**
 * The settings of an exporter as ones of an OTLP/HTTP exporter: queue, retry, timeout, compression, and over HTTP all else that the harness
 * does not own. Backends take OTLP over HTTP here, as protobuf, plain or by gzip, whatever the user's do.
 */
export function takenExporter(id: string, written: Settings): TakenExporter {
  const grpc = grpcTypes.includes(typeOf(id));
  const unread = unreadable(written);
  const kept = Object.entries(written).filter(([key]) => (grpc ? common.includes(key) : !owned.includes(key)) && !unread.keys.includes(key));
  const dropped = Object.keys(written).filter((key) => grpc && !common.includes(key) && !owned.includes(key));
  return {
    settings: { ...(grpc ? grpcDefaults : {}), ...Object.fromEntries(kept) },
    notes: [
      ...(grpc ? [`${id} sends over HTTP here, not by gRPC`] : []),
      ...(dropped.length > 0 ? [`${id}: ${dropped.join(', ')} ${dropped.length === 1 ? 'is' : 'are'} of gRPC and left out`] : []),
      ...unread.notes.map((note) => `${id}: ${note}`),
      ...storageNote(id, written),
    ],
  };
}

/** Settings whose defaults are in their place, and why. */
function unreadable({ compression, encoding }: Settings): { readonly keys: readonly string[]; readonly notes: readonly string[] } {
  const packed = compression !== undefined && !readable.includes(String(compression));
  const text = encoding !== undefined && encoding !== 'proto';
  return {
    keys: [...(packed ? ['compression', 'compression_params'] : []), ...(text ? ['encoding'] : [])],
    notes: [...(packed ? [`compression ${String(compression)} is gzip here, which every backend reads`] : []), ...(text ? [`encoding ${String(encoding)} is protobuf here`] : [])],
  };
}

function storageNote(id: string, { sending_queue: queue }: Settings): readonly string[] {
  const storage = storageOf(queue);
  return storage === undefined ? [] : [`${id}: what ${storage} keeps of its queue, Plumbline's own file_storage does`];
}

/** The extension that keeps a queue; undefined where it is in memory. */
export function storageOf(queue: unknown): string | undefined {
  if (queue === null || typeof queue !== 'object' || !('storage' in queue)) return undefined;
  return 'enabled' in queue && queue.enabled === false ? undefined : String(queue.storage);
}
