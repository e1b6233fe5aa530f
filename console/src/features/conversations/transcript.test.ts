import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '@samtal/contract/conversations';
import { mergedByTime, transcriptOf, type PostGroup, type TranscriptItem } from './transcript.ts';

const visitor = { kind: 'visitor', id: null, name: null } as const;
const agent = { kind: 'agent', id: 'a', name: 'Alva' } as const;
const system = { kind: 'system', id: null, name: null } as const;

const clock = (time: string) => `2026-01-05T${time}.000Z`;
const says = (seq: number, time: string, actor: Entry['actor'], text: string): Entry => ({
  seq,
  kind: 'message',
  at: clock(time),
  actor,
  cid: `00000000-0000-7000-8000-00000000000${seq}`,
  body: { text },
});
const started: Entry = {
  seq: 1,
  kind: 'started',
  at: clock('10:00:00'),
  actor: visitor,
  cid: null,
  body: {},
};
const weak: Entry = {
  seq: 1,
  kind: 'connection',
  at: clock('10:00:30'),
  actor: system,
  cid: null,
  body: { state: 'weak' },
};
const note: Entry = {
  seq: 2,
  kind: 'note',
  at: clock('10:01:30'),
  actor: agent,
  cid: null,
  body: { text: 'ask Bo' },
};

const none = { visitorDelivered: 0, visitorRead: 0, agentRead: 0 };
const own = { id: 'a', name: 'Alva' };

function groups(items: readonly TranscriptItem[]): PostGroup[] {
  return items.filter((item) => item.type === 'posts');
}

test('interleaves both streams by time', () => {
  const merged = mergedByTime([started, says(2, '10:01:00', visitor, 'Hi')], [weak, note]);
  assert.deepEqual(
    merged.map((entry) => entry.kind),
    ['started', 'connection', 'message', 'note'],
  );
});

test('keeps the order of a stream even where its times go backwards', () => {
  const merged = mergedByTime(
    [says(2, '10:02:00', visitor, 'first'), says(3, '10:01:00', visitor, 'second')],
    [note],
  );
  assert.deepEqual(
    merged.map((entry) => entry.seq),
    [2, 2, 3],
  );
  const messages = merged.filter((entry) => entry.kind === 'message');
  assert.deepEqual(
    messages.map((entry) => entry.seq),
    [2, 3],
  );
});

test('begins each day with a separator', () => {
  const nextDay: Entry = { ...says(2, '10:00:00', visitor, 'Hi'), at: '2026-01-07T10:00:00.000Z' };
  const items = transcriptOf({
    publicEntries: [started, nextDay],
    internalEntries: [],
    pending: [],
    receipts: none,
    own,
  });
  assert.deepEqual(
    items.map((item) => item.type),
    ['day', 'event', 'day', 'posts'],
  );
});

test('groups what one person writes in a row, until five minutes pass or something comes between', () => {
  const publicEntries = [
    started,
    says(2, '10:01:00', visitor, 'a'),
    says(3, '10:01:20', visitor, 'b'),
    says(4, '10:09:00', visitor, 'c'),
    says(5, '10:09:10', agent, 'd'),
  ];
  const items = transcriptOf({ publicEntries, internalEntries: [], pending: [], receipts: none, own });
  assert.deepEqual(
    groups(items).map((group) => group.posts.length),
    [2, 1, 1],
  );
});

test('marks agents’ messages as sent, delivered and read, and leaves notes unmarked', () => {
  const publicEntries = [2, 3, 4].map((seq) => says(seq, `10:0${seq}:00`, agent, 'x'));
  const receipts = { visitorDelivered: 3, visitorRead: 2, agentRead: 0 };
  const items = transcriptOf({ publicEntries, internalEntries: [note], pending: [], receipts, own });
  const posts = groups(items).flatMap((group) => group.posts);
  assert.deepEqual(
    posts.map((post) => post.status),
    [null, 'read', 'delivered', 'sent'],
  );
});

test('shows own posts on the way last, and keeps their key when they are in the log', () => {
  const cid = '00000000-0000-7000-8000-000000000002';
  const pending = {
    cid,
    stream: 'x:public' as const,
    kind: 'message' as const,
    text: 'Hello',
    writtenAt: 0,
    refused: null,
  };
  const before = transcriptOf({
    publicEntries: [started],
    internalEntries: [],
    pending: [pending],
    receipts: none,
    own,
  });
  const after = transcriptOf({
    publicEntries: [started, says(2, '10:01:00', agent, 'Hello')],
    internalEntries: [],
    pending: [],
    receipts: none,
    own,
  });
  assert.equal(groups(before).at(-1)?.posts[0]?.status, 'sending');
  assert.equal(groups(before).at(-1)?.posts[0]?.key, groups(after).at(-1)?.posts[0]?.key);
});
