import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { entryKinds, type Entry, type EntryKind } from '../conversations/entries.ts';
import {
  emptyThread,
  lastSeq,
  nextRedaction,
  withEntries,
  withoutPastNumbers,
  withoutPost,
  withPost,
  withRefusal,
  type PendingPost,
} from './thread.ts';

const stream = '0199a000-0000-7000-8000-000000000001:public';

function entry(seq: number, kind: EntryKind = 'message', cid: string | null = null): Entry {
  const actor = { kind: 'system', id: null, name: null } as const;
  return { seq, kind, at: '2026-01-01T00:00:00.000Z', actor, cid, body: {} } as Entry;
}

function post(cid: string): PendingPost {
  return { cid, stream, kind: 'message', text: 'Hello', writtenAt: 1, refused: null };
}

for (const kind of Object.keys(entryKinds) as EntryKind[]) {
  test(`old state and a new ${kind} entry make the new state`, () => {
    const before = withEntries(emptyThread(stream), [entry(1)]).thread;
    const { thread, gap } = withEntries(before, [entry(2, kind)]);
    assert.deepEqual(thread.entries, [entry(1), entry(2, kind)]);
    assert.equal(gap, false);
    assert.deepEqual(before.entries, [entry(1)], 'the old state is left as it was');
  });
}

test('ignores entries that are there already', () => {
  const before = withEntries(emptyThread(stream), [entry(1), entry(2)]).thread;
  const { thread, gap } = withEntries(before, [entry(1), entry(2)]);
  assert.equal(thread, before);
  assert.equal(gap, false);
});

test('takes what follows and reports what is missing', () => {
  const { thread, gap } = withEntries(emptyThread(stream), [entry(1), entry(3), entry(4)]);
  assert.equal(lastSeq(thread), 1);
  assert.equal(gap, true);
});

test('shows numbers until an entry says that they are redacted, and then no more', () => {
  const written = (seq: number, kind: 'message' | 'note') => ({
    ...entry(seq, kind),
    body: { text: 'call 7312049', redaction: { at: null, text: 'call *******' } },
  });
  const before = withEntries(emptyThread(stream), [
    written(1, 'message'),
    written(2, 'message'),
    entry(3),
  ] as Entry[]).thread;
  const said = { ...entry(4, 'redacted'), body: { seqs: [2, 3] } } as Entry;
  const { thread } = withEntries(before, [said]);
  assert.deepEqual(
    thread.entries.map(({ body }) => body),
    [written(1, 'message').body, { text: 'call *******' }, {}, { seqs: [2, 3] }],
  );
  const together = withEntries(emptyThread(stream), [...before.entries, said]).thread;
  assert.deepEqual(together, thread, 'however it arrives');
  const note = { ...entry(2, 'notes-redacted'), body: { seqs: [1] } } as Entry;
  const notes = withEntries(emptyThread(stream), [written(1, 'note') as Entry, note]).thread;
  assert.deepEqual(notes.entries[0]?.body, { text: 'call *******' });
});

test('knows when numbers are to be hidden, and hides them without being told', () => {
  const written = (seq: number, at: string | null) =>
    ({ ...entry(seq), body: { text: '7312049', redaction: { at, text: '*******' } } }) as Entry;
  const [ten, noon] = ['2026-01-01T10:00:00.000Z', '2026-01-01T12:00:00.000Z'];
  const log = [entry(1), written(2, noon), written(3, ten), written(4, null)];
  const { thread } = withEntries(emptyThread(stream), log);
  const shown = (now: string, state: 'open' | 'over') => {
    const { entries } = withoutPastNumbers(thread, Date.parse(now), state);
    return entries.slice(1).map(({ body }) => (body as { text: string }).text);
  };
  const [plain, hidden] = ['7312049', '*******'];
  assert.equal(nextRedaction(thread), Date.parse(ten));
  assert.deepEqual(shown('2026-01-01T09:59:59.000Z', 'open'), [plain, plain, plain]);
  assert.deepEqual(shown(ten, 'open'), [plain, hidden, plain]);
  assert.deepEqual(shown(noon, 'over'), [hidden, hidden, hidden]);
  assert.equal(nextRedaction(withoutPastNumbers(thread, Date.parse(noon), 'open')), null);
});

test('a post leaves the pending ones when its entry is in, and cannot come back', () => {
  const before = withPost(withPost(emptyThread(stream), post('a')), post('b'));
  const { thread } = withEntries(before, [entry(1, 'message', 'a')]);
  assert.deepEqual(thread.pending, [post('b')]);
  assert.equal(withPost(thread, post('a')), thread);
  assert.equal(withPost(thread, post('b')), thread);
});

test('a refused post stays, with the reason, until it is taken away', () => {
  const refused = withRefusal(withPost(emptyThread(stream), post('a')), 'a', 'conversations.closed');
  assert.deepEqual(refused.pending, [{ ...post('a'), refused: 'conversations.closed' }]);
  assert.deepEqual(withoutPost(refused, 'a').pending, []);
});

test('whatever the pieces and repeats in which a log arrives, the thread is an unbroken run of it', (t) => {
  const seed = Number(process.env['SAMTAL_TEST_SEED'] ?? Date.now() % 2 ** 31);
  t.diagnostic(`seed ${seed} (SAMTAL_TEST_SEED)`);
  const piece = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 6 }));
  const log = Array.from({ length: 26 }, (_, index) => entry(index + 1));
  const property = fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
    let thread = emptyThread(stream);
    for (const [from, count] of pieces) {
      const arrived = log.slice(from - 1, from - 1 + count);
      const reachable = from <= lastSeq(thread) + 1;
      const result = withEntries(thread, arrived);
      assert.equal(result.gap, !reachable && count > 0);
      thread = result.thread;
    }
    assert.deepEqual(thread.entries, log.slice(0, lastSeq(thread)));
  });
  fc.assert(property, { seed });
});
