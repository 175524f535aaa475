import { lastCause } from '../errors.ts';
import type { NewEvent } from '../run/events.ts';

/** What a run says where a cluster that could not be made could not be removed either. */
export function leftBehind(runId: string, cause: unknown): NewEvent {
  return { kind: 'warning', message: `something of the failed cluster is left (${lastCause(cause)}): \`plumbline down ${runId}\` removes it` };
}
