import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill } from './fill.ts';

test('fills placeholders, and leaves one without a value to be seen', () => {
  assert.equal(fill('{name} has {count}, {other}', { name: 'Alva', count: 2 }), 'Alva has 2, {other}');
});

test('does not fill what stands in a value', () => {
  assert.equal(fill('{a}{b}', { a: '{b}', b: 'x' }), '{b}x');
});
