import assert from 'node:assert/strict';
import { test } from 'node:test';
import { piecesOf } from './pieces.ts';

const marked = (text: string, words: string) =>
  piecesOf(text, words)
    .map(({ piece, isFound }) => (isFound ? `[${piece}]` : piece))
    .join('');

test('marks each of the words, in any case, and leaves the text as it is', () => {
  assert.equal(marked('My Bin was not emptied: bin', 'bin NOT'), 'My [Bin] was [not] emptied: [bin]');
  assert.equal(marked('nothing', 'else'), 'nothing');
  assert.equal(marked('', 'x'), '');
  assert.equal(marked('text', '   '), 'text');
});

test('takes words as they are, whatever they mean in a pattern', () => {
  for (const word of ['(a+)+$', '[', '\\', 'a|b', '.*', '^', '$&'])
    assert.equal(marked(`x ${word} y`, word), `x [${word}] y`);
});
