/** What of a platform there is to judge: a user's own may lack a backend, and be slower than one that runs for the test alone. */
import { backendNames } from '../src/components/backend.ts';
import type { BackendName } from '../src/components/backend.ts';
import { signalOf } from '../src/components/backend-probe.ts';
import type { FlowSignal } from '../src/components/sender/flow.ts';
import type { Platform } from '../src/platform/platform.ts';

export function presentBackends(platform: Platform): readonly BackendName[] {
  return backendNames.filter((name) => platform.access[name] !== undefined);
}

/** For a finding that must not be read as one of all three: `; nothing is said of tempo, which is not there`, or nothing. */
export function absenceText(platform: Platform): string {
  const absent = backendNames.filter((name) => platform.access[name] === undefined);
  if (absent.length === 0) return '';
  return `; nothing is said of ${absent.join(' and ')}, which ${absent.length === 1 ? 'is' : 'are'} not there`;
}

/** The signals that there is a backend for. */
export function keptSignals(platform: Platform): readonly FlowSignal[] {
  return presentBackends(platform).map((name) => signalOf[name]);
}

/** Seconds from what is sent to its being found: as the user says of his own platform, else as the suite does. */
export function deliverySeconds({ spec }: Platform, usual: number): number {
  return spec.installed?.deliverySeconds ?? usual;
}
