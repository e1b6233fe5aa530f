const excerptLength = 160;
const before = 50;

/** Finds texts that have all of the words, without regard to case and to how letters are put together (NFKC). */
export interface Matcher {
  /** About two lines around the first of the words; null when one of them is missing. */
  excerptOf(text: string): string | null;
}

export function matcherOf(words: string): Matcher {
  const wanted = [
    ...new Set(
      folded(words)
        .split(/\s+/)
        .filter((word) => word !== ''),
    ),
  ];
  return {
    excerptOf: (text) => {
      const searched = folded(text);
      const places = wanted.map((word) => searched.indexOf(word));
      if (places.includes(-1)) return null;
      // Folding may change the length a little; an excerpt need not begin at the letter.
      return excerpt(text, Math.floor((Math.min(...places) / searched.length) * text.length));
    },
  };
}

function folded(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase();
}

function excerpt(text: string, at: number): string {
  if (text.length <= excerptLength) return text;
  const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const from = Math.max(0, Math.min(at - before, text.length - excerptLength));
  const start = from === 0 ? 0 : (letters.segment(text).containing(from)?.index ?? from);
  const end = letters.segment(text).containing(start + excerptLength)?.index ?? text.length;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}
