import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf, toneOf } from './change.ts';

test('what is counted grows by a share of what it was, shares by their difference', () => {
  assert.deepEqual(changeOf(30, 20, 'number'), { direction: 'up', by: 0.5 });
  assert.deepEqual(changeOf(15, 20, 'seconds'), { direction: 'down', by: 0.25 });
  assert.deepEqual(changeOf(0.5, 0.75, 'share'), { direction: 'down', by: 0.25 });
  assert.deepEqual(changeOf(0.9204, 0.92, 'share'), { direction: 'same', by: 0 });
  assert.deepEqual(changeOf(3, 3, 'number'), { direction: 'same', by: 0 });
});

test('says nothing of what cannot be compared', () => {
  assert.equal(changeOf(null, 3, 'number'), null);
  assert.equal(changeOf(3, null, 'number'), null);
  assert.equal(changeOf(3, 0, 'number'), null);
  assert.deepEqual(changeOf(0.2, 0, 'share'), { direction: 'up', by: 0.2 });
});

test('is good news only where more or less is known to be better', () => {
  const up = { direction: 'up', by: 1 } as const;
  assert.equal(toneOf(up, 'more'), 'good');
  assert.equal(toneOf(up, 'less'), 'bad');
  assert.equal(toneOf(up, undefined), 'neutral');
  assert.equal(toneOf({ direction: 'same', by: 0 }, 'more'), 'neutral');
});
