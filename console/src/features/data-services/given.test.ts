import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, commandFor } from './calling.ts';
import { newDraft } from './draft.ts';
import { firstGiven, parametersOf } from './given.ts';

const now = Date.parse('2026-03-01T22:30:00Z');
const { query } = newDraft;

test('begins with the last week, or less where the service answers for less', () => {
  const { first, last } = firstGiven(query, now);
  assert.deepEqual([first, last], ['2026-02-23', '2026-03-01']);
  const short = { ...query, period: { kind: 'given', longestDays: 2 } } as const;
  assert.equal(firstGiven(short, now).first, '2026-02-28');
});

test('gives what the definition takes and nothing else, and whole days', () => {
  const given = { ...firstGiven(query, now), queue: 'q', site: 's' };
  assert.deepEqual(parametersOf(query, given), {
    from: '2026-02-23T00:00:00.000Z',
    to: '2026-03-02T00:00:00.000Z',
  });
  const rolling = {
    ...query,
    period: { kind: 'last', unit: 'day', count: 7 },
    parameters: { queue: 'may', site: 'not', agent: 'must' },
  } as const;
  assert.deepEqual(parametersOf(rolling, given), { queueId: 'q' });
  assert.deepEqual(parametersOf(query, { ...given, first: '' }), {}, 'a day that is none is not given');
});

test('says how a program asks, without a key in it', () => {
  const of = { accountId: 'a', serviceKey: 'waits' };
  const address = addressOf('https://chat.example', of, { queueId: 'q' });
  assert.equal(address, 'https://chat.example/api/v1/accounts/a/data-services/waits/rows?queueId=q');
  assert.match(commandFor(address), /Bearer \$SAMTAL_API_KEY" \\\n {2}"https:/);
});
