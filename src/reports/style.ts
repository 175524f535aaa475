import { stripVTControlCharacters } from 'node:util';
import prettyMs from 'pretty-ms';
import pc from 'picocolors';
import wrapAnsi from 'wrap-ansi';
import type { Verdict } from '../run/events.ts';

/** How a terminal, a file or a test shows text: its width, and whether it knows colours. */
export interface Style {
  readonly columns: number;
  readonly colors: ReturnType<typeof pc.createColors>;
}

/** Width for what is no terminal: log viewers and CI pages show about this much. */
const defaultColumns = 120;

/** Below this a table's columns hold no word. */
const minimumColumns = 40;

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Colours only on a terminal, and never where NO_COLOR is set (https://no-color.org: any value but the empty one).
 *
 * @param color false where the user typed --no-color
 */
export function styleOf(output: Output, color: boolean, env: NodeJS.ProcessEnv = process.env): Style {
  const wanted = color && output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return { columns: Math.max(minimumColumns, output.columns || defaultColumns), colors: pc.createColors(wanted) };
}

/** `1m 12s`, `1.5s`, `320ms`. */
export function duration(milliseconds: number): string {
  return prettyMs(Math.max(0, milliseconds < 1000 ? Math.round(milliseconds) : milliseconds), { secondsDecimalDigits: milliseconds < 10_000 ? 1 : 0 });
}

/** Whole seconds, so that a live line does not flicker. */
export function elapsed(milliseconds: number): string {
  return milliseconds < 1000 ? '0s' : prettyMs(Math.floor(milliseconds / 1000) * 1000, { secondsDecimalDigits: 0 });
}

/** Foreign text on one line: a component's log may hold line breaks, tabs and terminal sequences. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}

/** Foreign text without anything that moves a cursor or rings a bell; line breaks and tabs stay. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** At most `columns` characters, with an ellipsis where something is left out. */
export function fit(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1)).trimEnd()}…`;
}

const labels: Record<Verdict, string> = { pass: 'PASS', fail: 'FAIL', error: 'ERROR', skipped: 'SKIP' };

/** `PASS `, `FAIL `, `ERROR`, `SKIP `: one width, so that ids stand in a column. */
export function verdictLabel(verdict: Verdict, { colors }: Style): string {
  const paint = { pass: colors.green, fail: colors.red, error: colors.magenta, skipped: colors.yellow }[verdict];
  return paint(labels[verdict].padEnd(5));
}

/** Text wrapped at words to the width, its further lines indented by `indent`; what exceeds a line is broken. */
export function hanging(text: string, indent: number, columns: number): string {
  const width = Math.max(20, columns - indent);
  return wrapAnsi(text, width, { hard: true, trim: true }).split('\n').join(`\n${' '.repeat(indent)}`);
}
