import { expect, test } from 'vitest';
import { question } from '../../../src/clusters/embedded/ask-dns.ts';

test('a question of DNS is its header, the labels with their lengths, and an address of the internet', () => {
  expect(question('ab.c')).toBe(['120', '114', '001', '000', '000', '001', '000', '000', '000', '000', '000', '000', '002', '141', '142', '001', '143', '000', '000', '001', '000', '001'].map((octal) => `\\${octal}`).join(''));
});
