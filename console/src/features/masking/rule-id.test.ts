import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRuleId } from './rule-id.ts';

test('makes an id of a name, and another one when it is taken', () => {
  assert.equal(newRuleId('Kundnummer (nya)', []), 'kundnummer-nya');
  assert.equal(newRuleId('Ärende', ['arende', 'arende-2']), 'arende-3');
  assert.equal(newRuleId('Case', ['case', 'case-2']), 'case-3');
  assert.equal(newRuleId('顧客', []), 'rule');
  assert.match(newRuleId('x'.repeat(200), ['x'.repeat(32)]), /^[a-z0-9-]{1,40}$/);
});
