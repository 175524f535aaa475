import { expect, test } from 'vitest';
import { parseError } from '../../../helpers/logs.ts';

test('an error line gives message and cause, with or without a caller', () => {
  const fields = JSON.stringify({ resource: {}, err: 'invalid metric name validation scheme', scrape_pool: 'x' });
  const expected = 'error creating new scrape pool: invalid metric name validation scheme';
  expect(parseError('p', `2025-06-27T05:31:27.578Z\terror\terror creating new scrape pool\t${fields}`)?.text).toBe(expected);
  expect(parseError('p', `2025-06-27T05:31:27.578Z\terror\tscrape/manager.go:204\terror creating new scrape pool\t${fields}`)?.text).toBe(expected);
});

test('a line without fields is its message; other levels are no errors', () => {
  expect(parseError('p', '2025-06-27T05:31:27Z\terror\tit broke')?.text).toBe('it broke');
  expect(parseError('p', '2025-06-27T05:31:27Z\tinfo\tan error was avoided\t{}')).toBeUndefined();
  expect(parseError('p', 'goroutine 1 [running]:')).toBeUndefined();
});
