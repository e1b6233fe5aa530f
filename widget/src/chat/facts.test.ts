import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '@samtal/contract/conversations';
import { factsOf } from './facts.ts';

function log(...entries: [kind: Entry['kind'], body?: object][]): Entry[] {
  const actor = { kind: 'system', id: null, name: null } as const;
  const at = '2026-01-01T00:00:00.000Z';
  return entries.map(
    ([kind, body = {}], index) => ({ seq: index + 1, kind, at, actor, cid: null, body }) as Entry,
  );
}

const anna: [Entry['kind'], object] = ['joined', { agentId: 'a', agentName: 'Anna' }];

test('a conversation waits until an agent joins', () => {
  assert.equal(factsOf(log(['started'], ['message'])).state, 'waiting');
  assert.deepEqual(factsOf(log(['started'], anna)), {
    state: 'active',
    agentName: 'Anna',
    ending: null,
    endingText: null,
    asksRating: false,
  });
});

test('it waits again when the agent leaves or passes it on', () => {
  assert.equal(factsOf(log(['started'], anna, ['left'])).state, 'waiting');
  assert.deepEqual(factsOf(log(['started'], anna, ['transferred'])), {
    state: 'waiting',
    agentName: null,
    ending: null,
    endingText: null,
    asksRating: false,
  });
});

test('its end stands, whatever is written down after it', () => {
  const facts = factsOf(log(['started'], anna, ['resolved', { by: 'agent' }], ['left'], ['message']));
  assert.deepEqual(facts, {
    state: 'resolved',
    agentName: 'Anna',
    ending: 'agent',
    endingText: null,
    asksRating: false,
  });
  const asked = factsOf(log(['started'], anna, ['resolved', { by: 'agent', asksRating: true }], ['left']));
  assert.ok(asked.asksRating);
});
