import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitedSeconds } from './waited.ts';

test('goes on counting since the answer came, and never backwards', () => {
  assert.equal(waitedSeconds(64, { answeredAt: 10_000, now: 12_500 }), 66);
  assert.equal(waitedSeconds(64, { answeredAt: 10_000, now: 9_000 }), 64);
  assert.equal(waitedSeconds(null, { answeredAt: 10_000, now: 12_500 }), null);
});
