import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseIdOf } from './case-id.ts';

test('takes a case id as people type it, and nothing else', () => {
  assert.equal(caseIdOf(' 7qf3k-m9xda '), '7qf3k-m9xda');
  assert.equal(caseIdOf('7QF3KM9XDA'), '7QF3KM9XDA');
  for (const typed of ['', '7QF3K', '7QF3K-M9XDU', '7QF3K-M9XDA-1'])
    assert.equal(caseIdOf(typed), null, typed);
});
