import { piecesOf } from './pieces.ts';

/** A text with what was searched for marked in it. */
export function Highlighted({ text, words }: { text: string; words: string }) {
  return piecesOf(text, words).map(({ at, piece, isFound }) =>
    isFound ? <mark key={at}>{piece}</mark> : <span key={at}>{piece}</span>,
  );
}
