import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from './new-id.ts';

test('an id is a UUIDv7 that begins with the time', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 0x0199_a000_1234 });
  assert.match(newId(), /^0199a000-1234-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('no id comes twice', () => {
  assert.equal(new Set(Array.from({ length: 1_000 }, newId)).size, 1_000);
});
