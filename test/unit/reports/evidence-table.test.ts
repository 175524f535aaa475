import { expect, test } from 'vitest';
import { evidenceTable, fitted } from '../../../src/reports/evidence-table.ts';
import { styleOf } from '../../../src/reports/style.ts';

const style = { ...styleOf(process.stdout, false), columns: 60 };

test('only a table is shown as one, with all columns that any row has', () => {
  const rows = [{ limit: 'ingestion_rate', answer: 429 }, { limit: 'series', answer: 200, collector: 'silent' }];
  const table = evidenceTable({ what: 'answers', shape: 'table', data: rows }, style);
  expect(table).toMatch(/limit.*answer.*collector/);
  expect(table).toMatch(/series.*200.*silent/);
  expect(evidenceTable({ what: 'answers', data: rows }, style)).toBe('');
  expect(evidenceTable({ what: 'answers', shape: 'time-line', data: rows }, style)).toBe('');
  expect(evidenceTable({ what: 'answers', shape: 'table', data: [] }, style)).toBe('');
});

test('a table fits the terminal: the widest column gives way, none below what can be read', () => {
  expect(fitted([10, 80, 20], 60)).toEqual([10, 30, 20]);
  expect(fitted([5, 5], 60)).toEqual([5, 5]);
  expect(fitted([100, 100], 2)).toEqual([6, 6]);
});
