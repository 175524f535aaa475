/** One line of the operator's log, as zap writes it in production: JSON. */
interface Line {
  readonly level?: string;
  readonly message?: string;
  readonly error?: string;
}

/** The last error of a log that names an object and its namespace: `Reconciler error: …`. Undefined where there is none. */
export function lastError(log: string, about: { namespace: string; name: string }): string | undefined {
  // As whole values: one side's namespace is the beginning of its twin's.
  const lines = log.split('\n').filter((line) => line.includes(`"${about.namespace}"`) && line.includes(`"${about.name}"`));
  return lines.map(complaint).findLast((one) => one !== undefined);
}

function complaint(text: string): string | undefined {
  try {
    const { level, message, error } = JSON.parse(text) as Line;
    if (level?.toLowerCase() !== 'error') return undefined;
    return [message, error].filter((part) => part !== undefined && part !== '').join(': ');
  } catch {
    return undefined;
  }
}
