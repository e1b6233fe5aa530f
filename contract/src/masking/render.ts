import type { Span } from './span.ts';

const letterOrDigit = /[\p{L}\p{N}]/u;
const unseen = /[\p{M}\p{Default_Ignorable_Code_Point}]/u;
const gone = '…';

/**
 * The text with its spans masked, and where what is left of each span stands in it. `mostKept` bounds what any span keeps.
 * Spans do not overlap and are in order.
 */
export function render(
  text: string,
  spans: readonly Span[],
  mostKept: number,
): { text: string; places: { start: number; end: number }[] } {
  let masked = '';
  let at = 0;
  const places = spans.map((span) => {
    masked += text.slice(at, span.start);
    const start = masked.length;
    masked += treated(text.slice(span.start, span.end), span, mostKept);
    at = span.end;
    return { start, end: masked.length };
  });
  return { text: masked + text.slice(at), places };
}

/**
 * Something removed leaves an ellipsis: the reader sees that it is gone, and what stood around it does not grow
 * together into something that would have been masked.
 */
function treated(stretch: string, { how, keep }: Span, mostKept: number): string {
  if (how === 'remove') return gone;
  const characters = [...stretch].filter((character) => !unseen.test(character));
  const hidden = (character: string) =>
    letterOrDigit.test(character) || (how === 'all' && character.trim() !== '');
  const kept = Math.max(0, characters.filter(hidden).length - Math.min(keep, mostKept));
  let count = 0;
  return characters
    .map((character) => {
      if (!hidden(character)) return character;
      count += 1;
      return count <= kept ? '*' : character;
    })
    .join('');
}
