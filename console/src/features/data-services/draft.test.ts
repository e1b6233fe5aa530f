import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFor, mostOf, newDraft, questionAbout, withGrain, withPeriod } from './draft.ts';

test('makes a key of a name, in the letters that an address takes', () => {
  assert.equal(keyFor('Väntetid per kö'), 'vantetid-per-ko');
  assert.equal(keyFor('  2026: Queues & sites! '), '2026-queues-sites');
  assert.equal(keyFor('!!!'), '');
  assert.match(keyFor(`${'a'.repeat(59)} b`), /^a{59}$/);
});

test('begins a question about another subject anew', () => {
  const { query } = newDraft;
  assert.equal(query.measures.length, 3);
  const other = questionAbout('visitors');
  assert.ok(other.measures.every((name) => !query.measures.includes(name)));
  assert.equal(other.by, null);
});

test('keeps a period within what there are figures of', () => {
  const year = withPeriod(newDraft.query, { kind: 'given', longestDays: 400 });
  assert.deepEqual(year.period, { kind: 'given', longestDays: 366 });
  assert.deepEqual(withGrain(year, 'hour').period, { kind: 'given', longestDays: 31 });
  const hours = withGrain(
    withPeriod(withGrain(year, 'hour'), { kind: 'last', unit: 'hour', count: 800 }),
    'hour',
  );
  assert.deepEqual(hours.period, { kind: 'last', unit: 'hour', count: 744 });
  assert.deepEqual(withGrain(hours, 'day').period, { kind: 'last', unit: 'day', count: 366 });
  assert.deepEqual(withPeriod(year, { kind: 'last', unit: 'day', count: Number.NaN }).period, {
    kind: 'last',
    unit: 'day',
    count: 1,
  });
  assert.equal(mostOf({ subject: 'conversations', grain: 'total' }, year.period), 31);
});
