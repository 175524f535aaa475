import { runLabel } from '../run/run-label.ts';

export { runLabel };

/** What the operator calls the programs that it deploys. Plain objects bear the same label: one selector then finds either. */
export const operatorComponent = { collector: 'opentelemetry-collector', allocator: 'opentelemetry-targetallocator' } as const;

const componentLabel = 'app.kubernetes.io/component';

/** Labels of everything that Plumbline creates in a cluster; `down` and the existing-cluster rule rest on them. */
export function labels(runId: string, app: string): Record<string, string> {
  return { 'app.kubernetes.io/name': app, 'app.kubernetes.io/managed-by': 'plumbline', [runLabel]: runId };
}

/** The selector form of a set of labels. */
export function selector(of: Readonly<Record<string, string>>): string {
  return Object.entries(of).map(([key, value]) => `${key}=${value}`).join(',');
}

/** What is the same on a collector's or allocator's pods, whether the operator made them or Plumbline itself. */
export function componentLabels(runId: string, app: 'collector' | 'allocator'): Record<string, string> {
  // The operator names an allocator as it names its collector.
  return { [runLabel]: runId, [componentLabel]: operatorComponent[app], ...(app === 'collector' ? { 'app.kubernetes.io/name': app } : {}) };
}
