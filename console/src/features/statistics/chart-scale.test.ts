import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyNth, scaleLines } from './chart-scale.ts';

test('a scale holds the greatest value between round lines', () => {
  assert.deepEqual(scaleLines(87, 'count'), [0, 25, 50, 75, 100]);
  assert.deepEqual(scaleLines(100, 'count'), [0, 25, 50, 75, 100]);
  assert.deepEqual(scaleLines(41, 'count'), [0, 20, 40, 60]);
  assert.deepEqual(scaleLines(4.2, 'number'), [0, 2, 4, 6]);
});

test('what is counted has no halves, and nothing at all still has a scale', () => {
  assert.deepEqual(scaleLines(3, 'count'), [0, 1, 2, 3]);
  assert.deepEqual(scaleLines(1, 'count'), [0, 1]);
  assert.deepEqual(scaleLines(0, 'count'), [0, 1]);
});

test('times are round in minutes and hours', () => {
  assert.deepEqual(scaleLines(95, 'seconds'), [0, 30, 60, 90, 120]);
  assert.deepEqual(scaleLines(3 * 3600, 'seconds'), [0, 3600, 7200, 10_800]);
  assert.deepEqual(scaleLines(0.4, 'seconds'), [0, 1]);
  assert.equal(scaleLines(40 * 86_400, 'seconds').at(-1), 40 * 86_400);
});

test('shares end at the whole', () => {
  assert.deepEqual(scaleLines(0.97, 'share'), [0, 0.25, 0.5, 0.75, 1]);
  assert.equal(scaleLines(0.08, 'share').at(-1), 0.08);
});

test('points are from 1 to 5, however high they are', () => {
  assert.deepEqual(scaleLines(4.1, 'points'), [1, 2, 3, 4, 5]);
});

test('labels keep apart in even steps', () => {
  assert.equal(everyNth(7, { width: 700, labelWidth: 60 }), 1);
  assert.equal(everyNth(24, { width: 320, labelWidth: 50 }), 4);
  assert.equal(everyNth(28, { width: 320, labelWidth: 60 }), 6);
});
