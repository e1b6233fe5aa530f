import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '@samtal/contract/conversations';
import { timelineOf, type Bubble } from './timeline.ts';
import { emptyView, type View } from './view.ts';

const noon = new Date(2026, 4, 4, 12, 0).getTime();

function message(seq: number, by: 'visitor' | 'agent', minutes = 0): Entry {
  const at = new Date(noon + minutes * 60_000).toISOString();
  const actor = { kind: by, id: null, name: by === 'agent' ? 'Anna' : null };
  return { seq, kind: 'message', at, actor, cid: `cid-${seq}`, body: { text: `text ${seq}` } };
}

function unsent(cid: string, failed = false) {
  return { cid, text: cid, writtenAt: noon, failed };
}

function view(part: Partial<View>): View {
  return { ...emptyView, ...part };
}

const bubbles = (part: Partial<View>) =>
  timelineOf(view(part)).filter((item): item is Bubble => item.type === 'bubble');

test('messages of one author within few minutes are a group', () => {
  const entries = [
    message(1, 'agent'),
    message(2, 'agent', 1),
    message(3, 'visitor', 1),
    message(4, 'visitor', 30),
  ];
  const ends = bubbles({ entries }).map(({ first, last }) => [first, last]);
  assert.deepEqual(ends, [
    [true, false],
    [false, true],
    [true, true],
    [true, true],
  ]);
});

test('an event stands between groups', () => {
  const left = { ...message(2, 'agent'), kind: 'left', body: { agentId: 'a', agentName: 'Anna' } } as Entry;
  const items = timelineOf(view({ entries: [message(1, 'agent'), left, message(3, 'agent')] }));
  assert.deepEqual(
    items.map((item) => item.type),
    ['day', 'bubble', 'event', 'bubble'],
  );
});

test('what the log writes for agents and for itself is not shown', () => {
  const started = { ...message(1, 'visitor'), kind: 'started', body: {} } as Entry;
  assert.deepEqual(timelineOf(view({ entries: [started] })), []);
});

test('a post keeps its key when it becomes an entry', () => {
  const before = bubbles({ unsent: [unsent('cid-1')] });
  const after = bubbles({ entries: [message(1, 'visitor')] });
  assert.equal(before[0]?.key, after[0]?.key);
});

test('only the last message that has come so far says so', () => {
  const entries = [
    message(1, 'visitor'),
    message(2, 'visitor'),
    message(3, 'visitor'),
    message(4, 'visitor'),
  ];
  const marks = bubbles({ entries, agentRead: 2, unsent: [unsent('a'), unsent('b')] }).map(
    ({ mark }) => mark,
  );
  assert.deepEqual(marks, [null, 'read', null, 'sent', null, 'sending']);
});

test('every message that was not sent says so', () => {
  const marks = bubbles({ unsent: [unsent('a', true), unsent('b', true)] }).map(({ mark }) => mark);
  assert.deepEqual(marks, ['failed', 'failed']);
});

test('a day is named where it begins, but today only after another day', () => {
  const today = { ...message(3, 'visitor'), at: new Date().toISOString() };
  const days = (entries: Entry[]) =>
    timelineOf(view({ entries })).filter((item) => item.type === 'day').length;
  assert.equal(days([message(1, 'agent'), message(2, 'visitor', 1)]), 1);
  assert.equal(days([message(1, 'agent'), today]), 2);
  assert.equal(days([today]), 0);
});
