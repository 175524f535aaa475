/** Log lines as a tenant's own query finds them, with their trace ids. */
import { linesOf } from '../src/components/loki/lines.ts';
import type { LineRange, StoredLine } from '../src/components/loki/lines.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { seenBy } from './flows.ts';

export type { LineRange, StoredLine } from '../src/components/loki/lines.ts';

/** @param query LogQL of lines, e.g. `{service_name="orders"}`. @throws KubeApiError with Loki's own answer where it is no success */
export async function storedLines(platform: Platform, tenant: Tenant, query: string, range: LineRange, signal: AbortSignal): Promise<readonly StoredLine[]> {
  return linesOf(seenBy(platform, 'loki', tenant), query, range, signal);
}

/** The trace id that is stored beside a line, as 32 hex digits: structured metadata of OTLP, never what the line's text says. */
export function traceIdBeside({ metadata }: StoredLine): string | undefined {
  return metadata['trace_id'];
}
