/** What a k6 pod's log says: its messages (JSON lines), and the summary at its end. Pure: text in, data out. */

export interface FailedRequest {
  readonly number: number;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** k6's word for what went wrong in the transport; empty for a plain status. */
  readonly reason: string;
}

/** k6's names, e.g. `count`, `passes`, `value`, `p(95)`; a threshold's value is whether it was crossed. */
interface SummaryMetric {
  readonly [name: string]: number | Readonly<Record<string, boolean>>;
}

/** Checks of a script's group; k6's root group holds those outside of any. */
export interface Group {
  readonly checks: Readonly<Record<string, { readonly passes: number; readonly fails: number }>>;
  readonly groups: Readonly<Record<string, Group>>;
}

export interface Summary {
  readonly metrics: Readonly<Record<string, SummaryMetric>>;
  readonly root_group: Group;
}

/** Its messages, the last ones last, as a person reads them: `level: message`. */
export function messagesOf(log: string): readonly string[] {
  return log.split('\n').flatMap((line) => {
    const entry = entryOf(line);
    return entry === undefined ? [] : `${entry.level}: ${entry.msg}`.split('\n').map((one) => one.trim()).filter((one) => one !== '');
  });
}

/** An exception in the script while it ran: k6 logs it, counts the iteration as done and goes on. */
export function exceptionIn(log: string): string | undefined {
  return log.split('\n').map(entryOf).find((entry) => entry?.source === 'stacktrace')?.msg.trim();
}

/** The lines of fixtures/k6/numbered.js. */
export function failedRequestsIn(log: string): readonly FailedRequest[] {
  return log.split('\n').flatMap((line) => {
    const found = /^request (\d+) ended with status (\d+)(?:: (.*))?$/.exec(entryOf(line)?.msg ?? '');
    return found ? [{ number: Number(found[1]), status: Number(found[2]), reason: found[3] ?? '' }] : [];
  });
}

/** @throws Error where the log has no summary: the test did not get to its end */
export function summaryIn(log: string): Summary {
  // A message of stderr may get in between lines of stdout.
  const lines = log.split('\n').filter((line) => !line.startsWith('{"'));
  const start = lines.lastIndexOf('{');
  const end = lines.findIndex((line, index) => index > start && line.startsWith('}'));
  if (start < 0 || end < 0) throw new Error('no summary in its log');
  return JSON.parse([...lines.slice(start, end), '}'].join('\n')) as Summary;
}

interface Entry {
  readonly level: string;
  readonly msg: string;
  readonly source?: string;
}

/** Other lines are the summary's. One of stderr may follow its last brace without a line break. */
function entryOf(line: string): Entry | undefined {
  const start = line.indexOf('{"');
  if (start < 0 || start > 1) return undefined;
  try {
    const entry = JSON.parse(line.slice(start)) as Partial<Entry>;
    return entry.msg === undefined ? undefined : { level: entry.level ?? '', msg: entry.msg, ...(entry.source === undefined ? {} : { source: entry.source }) };
  } catch {
    return undefined;
  }
}
