import { expect, test } from 'vitest';
import { withoutSecrets } from '../../../src/reports/reporter.ts';
import { errorText, defectDetails } from '../../../src/cli/show-error.ts';
import { PlumblineError } from '../../../src/errors.ts';
import { styleOf } from '../../../src/reports/style.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import { hide, hideHeader, shown } from '../../../src/run/secrets.ts';

// What is hidden stays so for the process: each of these is in no other test.
const password = 'sesame "open"/now';
const basic = Buffer.from(`user:${password}`).toString('base64');
hideHeader(`Basic ${basic}`);
hide('token-4711');
hide('abc');

test('a hidden text is nowhere in lists and mappings, in whatever form', () => {
  const found = {
    bare: `Basic ${basic}`, clear: `user:${password}`, list: [{ deep: `saw token-4711 of ${basic}` }], json: JSON.stringify({ password }), url: `?p=${encodeURIComponent(password)}`,
    number: 4711, nothing: null, yes: true,
  };
  expect(shown(found)).toEqual({
    bare: '***', clear: 'user:***', list: [{ deep: 'saw *** of ***' }], json: '{"password":"***"}', url: '?p=***', number: 4711, nothing: null, yes: true,
  });
});

test('three letters are found in any text, and are no secret', () => {
  expect(shown('abc')).toBe('abc');
});

test('no event, no error and no stack has one', async () => {
  const events: RunEvent[] = [];
  const reporter = withoutSecrets({ event: (event) => void events.push(event), close: async () => undefined });
  reporter.event({ kind: 'warning', at: 'now', message: 'answered: token-4711' });
  expect(events).toEqual([{ kind: 'warning', at: 'now', message: 'answered: ***' }]);
  const error = new PlumblineError({ code: 'PL-X', kind: 'environment', expected: 'x', seen: 'token-4711', next: 'y', lastLines: ['token-4711'], cause: new Error(`cause: ${basic}`) });
  for (const text of [errorText(error, styleOf(process.stdout, false)), defectDetails(error)]) {
    expect(text).toContain('***');
    expect(text).not.toMatch(new RegExp(`token-4711|${basic}`));
  }
});
