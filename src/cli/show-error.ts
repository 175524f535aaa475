import { PlumblineError, lastCause } from '../errors.ts';
import { hanging, printable } from '../reports/style.ts';
import type { Style } from '../reports/style.ts';
import { shown } from '../run/secrets.ts';

/** An error as a user reads it: code, expected, seen, last cause, the component's last lines, next step. No stack. */
export function errorText(error: PlumblineError, style: Style): string {
  const { cause, ...problem } = error.problem;
  const { code, expected, seen, next, lastLines } = shown(problem);
  const { colors } = style;
  const why = cause === undefined ? undefined : shown(lastCause(cause));
  const row = (name: string, text: string): string => `  ${colors.dim(name.padEnd(8))}  ${hanging(printable(text), 12, style.columns)}`;
  return [
    colors.red(code),
    row('expected', expected),
    row('seen', seen),
    ...(why === undefined || why === '' || seen.includes(why) ? [] : [row('cause', why)]),
    ...(lastLines === undefined || lastLines.length === 0 ? [] : [row('last', 'lines of the component:'), ...lastLines.map((line) => `    ${printable(line)}`)]),
    row('next', next),
    '',
  ].join('\n');
}

/** Makes sure that what is shown is a PlumblineError: anything else that arrives here is a defect of Plumbline. */
export function asPlumblineError(thrown: unknown, detailsIn: string | undefined): PlumblineError {
  if (thrown instanceof PlumblineError) return thrown;
  return new PlumblineError({
    code: 'PL-INTERNAL',
    kind: 'environment',
    expected: 'Plumbline to handle this',
    seen: `a defect of Plumbline: ${lastCause(thrown) || 'an error without a message'}`,
    next: detailsIn === undefined ? 'run it again with DEBUG=plumbline and report what it prints' : `report it with ${detailsIn}`,
    cause: thrown,
  });
}

/** The stack and every cause, for whoever mends the defect. */
export function defectDetails(thrown: unknown): string {
  const parts: string[] = [];
  for (let current = thrown; current !== undefined; current = current instanceof Error ? current.cause : undefined) {
    parts.push(current instanceof Error ? (current.stack ?? current.message) : String(current));
  }
  return shown(`${parts.join('\ncaused by: ')}\n`);
}
