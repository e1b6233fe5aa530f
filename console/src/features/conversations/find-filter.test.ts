import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyFields, filterOf } from './find-filter.ts';

test('asks for everything when no field is filled', () => {
  assert.deepEqual(filterOf(emptyFields), {});
});

test('takes a case id with and without its dash, and none that cannot be one', () => {
  assert.deepEqual(filterOf({ ...emptyFields, caseId: ' abcde-12345 ' }), { caseId: 'abcde-12345' });
  assert.deepEqual(filterOf({ ...emptyFields, caseId: 'ABCDE12345' }), { caseId: 'ABCDE12345' });
  assert.equal(filterOf({ ...emptyFields, caseId: 'ABC' }), null);
  assert.equal(filterOf({ ...emptyFields, caseId: 'ABCDE-1234U' }), null);
});

test('counts the last day in full', () => {
  const filter = filterOf({ ...emptyFields, from: '2026-03-01', until: '2026-03-01' });
  const hours = (Date.parse(filter?.until ?? '') - Date.parse(filter?.from ?? '')) / 3_600_000;
  assert.equal(hours, 24);
});

test('drops a state that does not exist', () => {
  assert.deepEqual(filterOf({ ...emptyFields, state: 'lost' }), {});
  assert.deepEqual(filterOf({ ...emptyFields, state: 'active' }), { state: 'active' });
});
