import { expect, test } from 'vitest';
import { bytesOf } from '../../../src/clusters/quantity.ts';

test.each([['2097152Ki', 2 ** 31], ['2Gi', 2 ** 31], ['1.5Gi', 1.5 * 2 ** 30], ['320Mi', 320 * 2 ** 20], ['5M', 5e6], ['7', 7]])('%s are so many bytes', (quantity, bytes) => {
  expect(bytesOf(quantity)).toBe(bytes);
});

test('what is no quantity is not taken for none', () => {
  for (const quantity of ['', 'Gi', '2Xi', '2 Gi']) expect(() => bytesOf(quantity)).toThrow('no quantity');
});
