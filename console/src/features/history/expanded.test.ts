import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expanded } from './expanded.ts';

test('tells an object that came or went part by part', () => {
  const query = { grain: 'day', period: { kind: 'given' }, measures: ['a'] };
  assert.deepEqual(expanded({ path: ['query'], after: query }), [
    { path: ['query', 'grain'], after: 'day' },
    { path: ['query', 'period', 'kind'], after: 'given' },
    { path: ['query', 'measures'], after: ['a'] },
  ]);
  assert.deepEqual(expanded({ path: ['query'], before: { grain: null } }), [
    { path: ['query', 'grain'], before: null },
  ]);
});

test('leaves alone what changed, what is empty, and what has no parts', () => {
  for (const difference of [
    { path: ['scope'], after: {} },
    { path: ['name'], before: 'A', after: 'B' },
    { path: ['list'], before: { a: 1 }, after: [1] },
  ])
    assert.deepEqual(expanded(difference), [difference]);
});
