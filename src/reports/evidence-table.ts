import Table from 'cli-table3';
import type { Evidence } from '../claims/result.ts';
import { oneLine } from './style.ts';
import type { Style } from './style.ts';

type Row = Readonly<Record<string, unknown>>;

/** Border and padding of a cli-table3 column. */
const columnFrame = 3;
const narrowest = 6;

/** Evidence that is a table, as one; its widest columns give way where the terminal is narrow. Empty for any other. */
export function evidenceTable({ shape, data }: Evidence, style: Style): string {
  if ((shape !== 'table' && shape !== 'curve') || !Array.isArray(data) || data.length === 0) return '';
  const rows = data as readonly Row[];
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const text = (row: Row, column: string): string => oneLine(row[column] === undefined || row[column] === null ? '' : String(row[column]));
  const natural = columns.map((column) => Math.max(column.length, ...rows.map((row) => text(row, column).length)));
  const table = new Table({
    head: columns, colWidths: fitted(natural, style.columns - columns.length * columnFrame - 1).map((width) => width + 2), wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(columns.map((column) => text(row, column)));
  return table.toString();
}

/** Widths that add up to `total` at most: the widest column is narrowed first. */
export function fitted(widths: readonly number[], total: number): readonly number[] {
  const fit = [...widths];
  while (fit.reduce((sum, width) => sum + width, 0) > total) {
    const widest = fit.indexOf(Math.max(...fit));
    if ((fit[widest] ?? 0) <= narrowest) break;
    fit[widest] = (fit[widest] ?? 0) - 1;
  }
  return fit;
}
