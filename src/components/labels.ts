/** Labels of everything that Plumbline creates in a cluster; `down` and the existing-cluster rule rest on them. */
export function labels(runId: string, app: string): Record<string, string> {
  return { 'app.kubernetes.io/name': app, 'app.kubernetes.io/managed-by': 'plumbline', 'plumbline.dev/run': runId };
}

/** The selector form of a set of labels. */
export function selector(of: Readonly<Record<string, string>>): string {
  return Object.entries(of).map(([key, value]) => `${key}=${value}`).join(',');
}
