import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryDetails, shortId } from './entry-details.ts';

test('shows what is there, and leaves out what says nothing', () => {
  assert.deepEqual(
    entryDetails({ changed: ['name', 'origins'], own: false, none: null, by: [], seq: 4 }, {}),
    [
      { name: 'changed', value: 'name, origins' },
      { name: 'own', value: 'false' },
      { name: 'seq', value: '4' },
    ],
  );
});

test('shows the name of an id where it has one', () => {
  const id = '0a1b2c3d-0000-4000-8000-000000000000';
  assert.deepEqual(entryDetails({ role: id }, { [id]: 'Agent' }), [{ name: 'role', value: 'Agent' }]);
  assert.deepEqual(entryDetails({ role: id }, {}), [{ name: 'role', value: '0a1b2c3d' }]);
});

test('shortens ids, and nothing else', () => {
  assert.equal(shortId('0a1b2c3d-0000-4000-8000-000000000000'), '0a1b2c3d');
  assert.equal(shortId('ABCDE-12345'), 'ABCDE-12345');
});
