/** Part of a text, and whether it is one of the words that were searched for. */
export interface Piece {
  readonly at: number;
  readonly piece: string;
  readonly isFound: boolean;
}

/** A text in pieces. Words that the server found in another spelling (ß and ss) are not marked, which does no harm. */
export function piecesOf(text: string, words: string): Piece[] {
  const wanted = words
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (wanted.length === 0) return [{ at: 0, piece: text, isFound: false }];
  const pieces: Piece[] = [];
  let at = 0;
  // What is between the parentheses is kept by `split`, at every second place.
  for (const [index, piece] of text.split(new RegExp(`(${wanted.join('|')})`, 'giu')).entries()) {
    if (piece !== '') pieces.push({ at, piece, isFound: index % 2 === 1 });
    at += piece.length;
  }
  return pieces;
}
