import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from './new-id.ts';

test('carries its time in the first 48 bits, and says that it is version 7', () => {
  const id = newId(0x0190_1234_5678);
  assert.match(id, /^01901234-5678-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('is never the same twice', () => {
  const ids = new Set(Array.from({ length: 1000 }, () => newId(0)));
  assert.equal(ids.size, 1000);
});
