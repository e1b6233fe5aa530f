import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SettingState } from '@samtal/contract/settings';
import { changedBetween, valueAfter, withChange } from './pending.ts';

const setting: SettingState = {
  key: 'retention.transcript-days',
  value: 9,
  origin: 'account',
  otherwise: { value: 14, origin: 'default' },
  schema: {},
  levels: ['channel', 'account', 'installation'],
  sensitive: true,
};

test('a change that changes nothing is none', () => {
  const own = true;
  const some = withChange(new Map(), { setting, own, change: { value: 10 } });
  assert.equal(some.size, 1);
  assert.equal(withChange(some, { setting, own, change: { value: 9 } }).size, 0);
  assert.equal(withChange(new Map(), { setting, own: false, change: 'unset' }).size, 0);
  assert.equal(
    withChange(new Map(), { setting, own: false, change: { value: 9 } }).size,
    1,
    'to set what is inherited is a change: it stays when the other level changes',
  );
});

test('what is unset falls back to what would hold otherwise', () => {
  assert.equal(valueAfter(setting, undefined), 9);
  assert.equal(valueAfter(setting, { value: 3 }), 3);
  assert.equal(valueAfter(setting, 'unset'), 14);
});

test('what somebody else has changed is found by value and by origin', () => {
  const other = { ...setting, value: 5 };
  assert.deepEqual(
    changedBetween([setting], [other]).map(({ before, now }) => [before.value, now.value]),
    [[9, 5]],
  );
  assert.equal(changedBetween([setting], [{ ...setting, origin: 'channel' }]).length, 1);
  assert.equal(changedBetween([setting], [{ ...setting }]).length, 0);
});
