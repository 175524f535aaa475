import { expect, test } from 'vitest';
import { reckonTraces } from '../../../helpers/whole-traces.ts';

type Span = [spanId: string, parentSpanId: string, service: string];

const services = ['storefront', 'orders'];
const whole: Span[] = [['a', 'caller', 'storefront'], ['b', 'a', 'storefront'], ['c', 'b', 'orders']];

function reckoned(...all: Span[][]) {
  const traces = new Map(all.map((spans, number) => [number, spans.map(([spanId, parentSpanId, service]) => ({ spanId, parentSpanId, service, name: 'GET' }))]));
  return reckonTraces({ numbers: all.map((_, number) => number), services, traces });
}

test('a trace with both services and one root is whole', () => {
  expect(reckoned(whole, whole)).toEqual({ sent: 2, whole: 2, missing: 0, partial: 0, doubled: 0, faults: [] });
});

test('a request without a span is missing, one without a service is partial', () => {
  expect(reckoned([], whole.slice(0, 2))).toMatchObject({ missing: 1, partial: 1, whole: 0, faults: [{ number: 0 }, { number: 1, what: 'no span of orders' }] });
});

test('a span whose parent is lost hangs in the air', () => {
  const without = whole.filter(([id]) => id !== 'b');
  expect(reckoned(without)).toMatchObject({ partial: 1, faults: [{ what: 'GET of orders hangs in the air: its parent b is not there' }] });
});

test('spans that are each other\'s parents have no root', () => {
  expect(reckoned([['a', 'b', 'storefront'], ['b', 'a', 'orders']])).toMatchObject({ partial: 1 });
});

test('a span that is there twice is doubled, the root as well', () => {
  expect(reckoned([...whole, ['c', 'b', 'orders']], [...whole, ['a', 'caller', 'storefront']])).toMatchObject({ doubled: 2, whole: 0 });
});
