import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchingReplies, typedShortcut } from './matching-replies.ts';

const replies = [
  { id: '1', shortcut: 'hours', text: 'We are open from nine to five.', version: 1 },
  { id: '2', shortcut: 'thanks', text: 'Thank you for waiting.', version: 1 },
  { id: '3', shortcut: 'wait', text: 'One moment, please.', version: 1 },
];

test('puts replies whose shortcut begins with what was typed first', () => {
  assert.deepEqual(
    matchingReplies(replies, 'Wait').map((reply) => reply.id),
    ['3', '2'],
  );
});

test('shows all replies when nothing was typed yet', () => {
  assert.equal(matchingReplies(replies, '').length, 3);
});

test('takes a slash for a shortcut only at the very beginning', () => {
  assert.equal(typedShortcut('/ho'), 'ho');
  assert.equal(typedShortcut('/'), '');
  assert.equal(typedShortcut('/öppet-2'), 'öppet-2');
  assert.equal(typedShortcut('and/or'), null);
  assert.equal(typedShortcut('/hours are'), null);
});
