import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyFields, filterOf, isEmpty } from './audit-filter.ts';

test('asks for nothing in particular while the fields are empty', () => {
  assert.deepEqual(filterOf(emptyFields), {});
  assert.equal(isEmpty(emptyFields), true);
});

test('counts the last day in full, across the end of a month', () => {
  const { from, until } = filterOf({ ...emptyFields, from: '2026-01-31', until: '2026-01-31' });
  assert.equal(from, new Date(2026, 0, 31).toISOString());
  assert.equal(until, new Date(2026, 1, 1).toISOString());
});

test('asks by id for whom and what the list is narrowed to', () => {
  const fields = {
    ...emptyFields,
    feature: 'sites',
    actor: { id: 'a', name: 'Alva' },
    subject: { id: 'b', name: 'Shop' },
  };
  assert.deepEqual(filterOf(fields), { action: 'sites', actorId: 'a', subjectId: 'b' });
  assert.equal(isEmpty(fields), false);
});
