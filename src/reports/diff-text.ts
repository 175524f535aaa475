import type { Change, ReportDiff, VerdictChange } from './diff.ts';
import { table } from './plan-text.ts';
import { duration, oneLine } from './style.ts';
import type { Style } from './style.ts';

/** What differs, a table a kind; of kinds without a difference nothing. */
export function diffText(diff: ReportDiff, style: Style): string {
  const blocks = [
    block(['verdict', 'claim', 'before', 'after', 'seen'], diff.verdicts.map((one) => verdictRow(one)), style),
    block(['version', 'before', 'after'], diff.versions.map(({ name, before, after }) => [name, before, after]), style),
    block(['seen of', ''], diff.observations.map(({ name, before, after }) => [name, `before: ${oneLine(before)}\nafter:  ${oneLine(after)}`]), style),
    block(['duration of', 'before', 'after'], diff.durations.map(({ id, beforeMs, afterMs }) => [id, duration(beforeMs), duration(afterMs)]), style),
    total(diff, style),
  ];
  return `${blocks.filter((text) => text !== '').join('\n\n')}\n`;
}

function block(head: readonly string[], rows: readonly (readonly string[])[], style: Style): string {
  return rows.length === 0 ? '' : table(head, rows, style);
}

function verdictRow({ id, cell, change, before, after, observed, decides }: VerdictChange): readonly string[] {
  const of = cell === undefined ? '' : `${cell}: `;
  const say = decides || change === 'new' || change === 'gone' ? '' : cell === undefined ? ' (does not bind)' : ' (only measured)';
  return [change, id, before ?? '–', after ?? '–', `${of}${oneLine(observed)}${say}`];
}

function total({ verdicts, compared, worse }: ReportDiff, { colors }: Style): string {
  const count = (change: Change): number => verdicts.filter((one) => one.change === change).length;
  const counts = (['worse', 'better', 'other', 'new', 'gone'] as const).filter((change) => count(change) > 0).map((change) => `${count(change)} ${change}`);
  const paint = worse ? colors.red : colors.green;
  return `${paint(worse ? 'Something got worse' : 'Nothing got worse')}: ${compared} compared${counts.length === 0 ? ', each verdict as before' : `, ${counts.join(', ')}`}`;
}
