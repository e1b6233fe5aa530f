import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldOf, unitOf } from './field.ts';

test('each kind of value gets a field of its own', () => {
  assert.deepEqual(fieldOf({ type: 'boolean' }), { kind: 'switch' });
  assert.deepEqual(fieldOf({ anyOf: [{ type: 'integer', minimum: 1, maximum: 9 }, { type: 'null' }] }), {
    kind: 'number',
    min: 1,
    max: 9,
    nullable: true,
  });
  assert.deepEqual(fieldOf({ enum: ['off', 'on'] }), { kind: 'choice', options: ['off', 'on'] });
  assert.deepEqual(fieldOf({ type: 'array', items: { enum: ['pdf'] } }), {
    kind: 'choices',
    options: ['pdf'],
  });
  assert.deepEqual(fieldOf({ type: 'array', maxItems: 5, items: { type: 'string', maxLength: 40 } }), {
    kind: 'words',
    maxItems: 5,
    maxLength: 40,
  });
  assert.deepEqual(fieldOf({ type: 'array', items: { type: 'object' } }), { kind: 'things' });
  assert.deepEqual(fieldOf({ anyOf: [{ type: 'string' }, { type: 'integer' }] }), { kind: 'things' });
});

test('the last word of a key says the unit', () => {
  assert.equal(unitOf('retention.transcript-days'), 'day');
  assert.equal(unitOf('media.max-size-megabytes'), 'megabyte');
  assert.equal(unitOf('signin.password-min-length'), null);
});
