import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compared, markedPieces } from './marks.ts';

const say = () => 'x';

test('tells what a draft masks more, what it masks less, and what both mask', () => {
  const published = [
    { start: 0, end: 4 },
    { start: 10, end: 14 },
  ];
  const draft = [
    { start: 2, end: 6 },
    { start: 20, end: 22 },
  ];
  assert.deepEqual(
    compared(published, draft, say).map(({ start, end, as }) => [start, end, as]),
    [
      [0, 2, 'gone'],
      [2, 4, 'kept'],
      [4, 6, 'new'],
      [10, 14, 'gone'],
      [20, 22, 'new'],
    ],
  );
  assert.deepEqual(
    compared(published, published, say).map(({ as }) => as),
    ['kept', 'kept'],
  );
});

test('gives a text back in pieces that make the whole', () => {
  const marks = compared([{ start: 3, end: 5 }], [{ start: 4, end: 8 }], say);
  const pieces = markedPieces('abcdefghij', marks);
  assert.equal(pieces.map(({ text }) => text).join(''), 'abcdefghij');
  assert.deepEqual(
    pieces.map(({ text, mark }) => [text, mark?.as]),
    [
      ['abc', undefined],
      ['d', 'gone'],
      ['e', 'kept'],
      ['fgh', 'new'],
      ['ij', undefined],
    ],
  );
  assert.deepEqual(markedPieces('', []), []);
});
