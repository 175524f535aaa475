import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { interruptible, watchForDefects } from '../../../src/cli/interrupt.ts';
import { asPlumblineError, errorText } from '../../../src/cli/show-error.ts';
import { PlumblineError } from '../../../src/errors.ts';
import { paper, style } from '../reports/samples.ts';

it.each([['SIGINT', 'SIGINT'], ['SIGTERM', 'SIGINT'], ['SIGINT', 'SIGTERM']])('%s stops in order, then %s abandons at once', (first, second) => {
  const source = Object.assign(new EventEmitter(), { exit: vi.fn() });
  const stderr = paper();
  using interrupt = interruptible(source, stderr);
  expect(interrupt.signal.aborted).toBe(false);
  source.emit(first);
  expect(interrupt.signal.aborted).toBe(true);
  expect(source.exit).not.toHaveBeenCalled();
  source.emit(second);
  expect(source.exit).toHaveBeenCalledExactlyOnceWith(130);
  expect(stderr.text()).toBe('\nstopping; again to abandon (then run plumbline down)\n');
});

it('leaves signals alone once the work is done', () => {
  const source = Object.assign(new EventEmitter(), { exit: vi.fn() });
  interruptible(source, paper())[Symbol.dispose]();
  expect(source.eventNames()).toEqual([]);
});

it('shows a failed promise that nobody waited for, and knows its exit code; what an interrupt aborted is none', () => {
  const source = new EventEmitter();
  const shown: unknown[] = [];
  const exitCode = watchForDefects(source, (thrown) => (shown.push(thrown), 3));
  source.emit('unhandledRejection', new DOMException('interrupted', 'AbortError'));
  expect([shown, exitCode()]).toEqual([[], 0]);
  source.emit('unhandledRejection', new Error('lost'));
  expect([shown, exitCode()]).toEqual([[new Error('lost')], 3]);
});

it('shows an error as code, expected, seen, last cause, last lines and next step', () => {
  const cause = new Error('outer', { cause: new Error('connection refused') });
  const error = new PlumblineError({ code: 'PL-X', kind: 'environment', expected: 'ready', seen: 'not ready', next: 'wait', cause, lastLines: ['one', '\u001b[31mtwo'] });
  expect(errorText(error, style(100)).split('\n')).toEqual([
    'PL-X',
    '  expected  ready',
    '  seen      not ready',
    '  cause     connection refused',
    '  last      lines of the component:',
    '    one',
    '    two',
    '  next      wait',
    '',
  ]);
});

it('calls anything else a defect of Plumbline, without a stack', () => {
  const text = errorText(asPlumblineError(new TypeError('x is undefined'), undefined), style(100));
  expect(text).toContain('PL-INTERNAL');
  expect(text).toContain('a defect of Plumbline: x is undefined');
  expect(text).not.toContain('    at ');
});
