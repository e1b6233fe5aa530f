import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '@samtal/contract/conversations';
import { unreadCount } from './unread.ts';

const at = '2026-01-01T10:00:00.000Z';
const visitor = { kind: 'visitor', id: null, name: null } as const;
const agent = { kind: 'agent', id: 'a', name: 'Alva' } as const;

const entries: Entry[] = [
  { seq: 1, kind: 'started', at, actor: visitor, cid: null, body: {} },
  { seq: 2, kind: 'message', at, actor: visitor, cid: null, body: { text: 'Hello' } },
  { seq: 3, kind: 'message', at, actor: agent, cid: null, body: { text: 'Hello' } },
  { seq: 4, kind: 'message', at, actor: visitor, cid: null, body: { text: 'I wonder' } },
];

test('counts only messages of the visitor', () => {
  assert.equal(unreadCount(entries, 0), 2);
});

test('does not count what was read', () => {
  assert.equal(unreadCount(entries, 2), 1);
  assert.equal(unreadCount(entries, 4), 0);
});
