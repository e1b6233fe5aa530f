import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asked,
  elapsed,
  elapsedBefore,
  grainsFor,
  isPeriod,
  periodBetween,
  spanBefore,
  spanOf,
  stepsOf,
  usualGrain,
  type Span,
} from './period.ts';

const now = Date.parse('2026-03-30T09:20:00Z');
const said = ({ from, to }: Span) =>
  [from, to].map((at) => new Date(at).toISOString().slice(0, 13).replace('T', ' '));

test('a period is whole UTC days, today included', () => {
  assert.deepEqual(said(spanOf('today', now)), ['2026-03-30 00', '2026-03-31 00']);
  assert.deepEqual(said(spanOf('yesterday', now)), ['2026-03-29 00', '2026-03-30 00']);
  assert.deepEqual(said(spanOf('7-days', now)), ['2026-03-24 00', '2026-03-31 00']);
  assert.deepEqual(said(spanOf('28-days', now)), ['2026-03-03 00', '2026-03-31 00']);
  assert.deepEqual(said(spanOf('month', now)), ['2026-03-01 00', '2026-04-01 00']);
  assert.deepEqual(said(spanOf('2026-02-27..2026-03-01', now)), ['2026-02-27 00', '2026-03-02 00']);
});

test('what is to come is not asked for, the hour under way is', () => {
  assert.deepEqual(said(elapsed(spanOf('today', now), now)), ['2026-03-30 00', '2026-03-30 10']);
  assert.deepEqual(said(elapsed(spanOf('yesterday', now), now)), ['2026-03-29 00', '2026-03-30 00']);
  assert.deepEqual(said(elapsed(spanOf('2026-04-02..2026-04-03', now), now)), [
    '2026-04-02 00',
    '2026-04-02 01',
  ]);
});

test('what is longer than a month is put together of whole days', () => {
  const year = '2026-01-01..2026-12-31';
  assert.deepEqual(said(elapsed(spanOf(year, now), now)), ['2026-01-01 00', '2026-03-31 00']);
  assert.deepEqual(said(elapsedBefore(year, now)), ['2025-01-01 00', '2025-03-31 00']);
});

test('days are asked for as a whole, hours as far as they go', () => {
  assert.deepEqual(said(asked(spanOf('7-days', now), { grain: 'day', now })), [
    '2026-03-24 00',
    '2026-03-31 00',
  ]);
  assert.deepEqual(said(asked(spanOf('month', now), { grain: 'day', now })), [
    '2026-03-01 00',
    '2026-03-31 00',
  ]);
  assert.deepEqual(said(asked(spanOf('7-days', now), { grain: 'hour', now })), [
    '2026-03-24 00',
    '2026-03-30 10',
  ]);
});

test('what is under way is compared with as much of the period before', () => {
  assert.deepEqual(said(elapsedBefore('today', now)), ['2026-03-29 00', '2026-03-29 10']);
  assert.deepEqual(said(elapsedBefore('7-days', now)), ['2026-03-17 00', '2026-03-23 10']);
  assert.deepEqual(said(elapsedBefore('yesterday', now)), ['2026-03-28 00', '2026-03-29 00']);
  assert.deepEqual(said(spanBefore('month', now)), ['2026-02-01 00', '2026-03-01 00']);
  assert.deepEqual(
    said(elapsedBefore('month', now)),
    ['2026-02-01 00', '2026-03-01 00'],
    'February ends first',
  );
});

test('takes no days that there are not, in the wrong order, or too many of them', () => {
  assert.ok(isPeriod('7-days'));
  assert.ok(isPeriod('2024-02-29..2024-02-29'));
  for (const text of [
    '',
    'week',
    '2026-02-30..2026-03-01',
    '2026-03-02..2026-03-01',
    '2024-01-01..2026-01-01',
    '2026-03-01',
    7,
  ])
    assert.ok(!isPeriod(text), String(text));
  assert.equal(periodBetween('2026-03-01', ''), null);
  assert.equal(periodBetween('2026-03-01', '2026-03-01'), '2026-03-01..2026-03-01');
});

test('shows hours of what is short and days of what is long', () => {
  assert.equal(usualGrain(spanOf('today', now)), 'hour');
  assert.equal(usualGrain(spanOf('7-days', now)), 'day');
  assert.deepEqual(grainsFor(spanOf('today', now)), ['hour']);
  assert.deepEqual(grainsFor(spanOf('7-days', now)), ['hour', 'day']);
  assert.deepEqual(grainsFor(spanOf('28-days', now)), ['day']);
  assert.equal(stepsOf(spanOf('today', now), 'hour').length, 24);
  assert.equal(stepsOf(elapsed(spanOf('7-days', now), now), 'day').length, 7);
});
