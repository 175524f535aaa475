import { expect, test } from 'vitest';
import { bytesSaid } from '../../../src/run/quantity.ts';

test.each([['2097152Ki', 2 ** 31], ['2Gi', 2 ** 31], ['1.5Gi', 1.5 * 2 ** 30], ['320Mi', 320 * 2 ** 20], ['5M', 5e6], ['7', 7]])('%s are so many bytes', (quantity, bytes) => {
  expect(bytesSaid(quantity)).toBe(bytes);
});

test('what is no quantity is not taken for none', () => {
  for (const quantity of ['', 'Gi', '2Xi', '2 Gi']) expect(() => bytesSaid(quantity)).toThrow('no quantity');
});
