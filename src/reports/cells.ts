import Table from 'cli-table3';
import type { CellResult } from '../claims/result.ts';
import { oneLine, verdictLabel } from './style.ts';
import type { Style } from './style.ts';

/** Borders and padding of a cli-table3 column: one line and two spaces, and one more line at the right end. */
const columnFrame = 3;

const verdictColumns = 5;
const roleColumns = 8;

/** A claim's matrix: a row a cell, a column a component, then the verdict and the first cause. Empty without cells. */
export function cellTable(cells: readonly CellResult[], style: Style): string {
  if (cells.length === 0) return '';
  const components = [...new Set(cells.flatMap((cell) => Object.keys(cell.versions)))];
  const widths = components.map((name) => Math.max(name.length, ...cells.map((cell) => (cell.versions[name] ?? '').length)));
  const fixed = [...widths, roleColumns, verdictColumns];
  const left = style.columns - fixed.reduce((sum, width) => sum + width + columnFrame, columnFrame + 1);
  const table = new Table({
    head: [...components, 'role', '', 'seen'],
    colWidths: [...fixed, Math.max(20, left)].map((width) => width + 2),
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const cell of cells) {
    const versions = components.map((name) => cell.versions[name] ?? '');
    table.push([...versions, cell.role, verdictLabel(cell.verdict, style), seen(cell)]);
  }
  return table.toString();
}

function seen(cell: CellResult): string {
  const cause = cell.cause === undefined ? '' : ` — ${oneLine(cell.cause)}`;
  return `${oneLine(cell.observed)}${cause}`;
}
