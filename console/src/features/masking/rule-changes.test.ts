import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountRule } from '@samtal/contract/masking';
import { ruleChanges } from './rule-changes.ts';

const rule = (id: string, pattern: string): AccountRule => ({
  id,
  name: id.toUpperCase(),
  pattern,
  ignoreCase: true,
  action: 'mask',
  keep: 0,
  enabled: true,
});

test('says of each rule what it was and what it is, and nothing of what stays', () => {
  const changes = ruleChanges(
    [rule('a', '1'), rule('b', '2'), rule('c', '3')],
    [rule('c', '3'), rule('b', '9'), rule('d', '4')],
  );
  assert.deepEqual(
    changes.map(({ name, before, after }) => [name, before?.pattern, after?.pattern]),
    [
      ['A', '1', undefined],
      ['B', '2', '9'],
      ['D', undefined, '4'],
    ],
  );
});
