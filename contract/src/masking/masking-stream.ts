import type { Masked, Masking } from './compile-masking.ts';
import { ruleLimits, type FoundKind, type MaskingConfiguration } from './configuration.ts';

/** Masks a text that comes in pieces, because it is being typed or generated. What comes out is final. */
export interface MaskingStream {
  /** Takes the next piece; returns what can be told by now, masked. */
  push(piece: string): string;
  /** Ends the text; returns the rest. */
  end(): string;
  /** What was found in what came out so far. */
  found(): Readonly<Partial<Record<FoundKind, number>>>;
}

/** A word that nothing a detector finds can contain; after it, what comes and what came do not depend on each other. */
const quietWord = /(?<![^ \t\n])\p{L}{5,}(?=[ \t\n])/gu;
/** Further back than any detector looks for words that say what a number is, in UTF-16 code units. */
const context = 256;

/**
 * Whatever the pieces, what comes out is what masking the whole text gives. Held back is everything after the last
 * word of letters only, or with rules of the account, which may match anything, everything until the end. No more than
 * 8,192 UTF-16 code units are held: beyond that they come out with every digit masked, as when failing closed.
 */
export function maskingStream(
  masking: Masking,
  { rules }: Pick<MaskingConfiguration, 'rules'>,
): MaskingStream {
  const holdsAll = rules.some(({ enabled }) => enabled);
  const dropped: Partial<Record<FoundKind, number>> = {};
  /** The text from a safe place on that lies far enough before what is still to come out. */
  let text = '';
  /** How much of `text`, masked, has come out. */
  let out = 0;
  let found: Masked['found'] = {};

  const tell = (length: number): string => {
    const masked = masking.mask(text.slice(0, length));
    found = masked.found;
    const told = masked.text.slice(out);
    out = masked.text.length;
    return told;
  };
  const drop = (length: number) => {
    const masked = masking.mask(text.slice(0, length));
    add(dropped, masked.found);
    found = subtracted(found, masked.found);
    out -= masked.text.length;
    text = text.slice(length);
  };

  return {
    push(piece) {
      text += piece;
      const safe = holdsAll
        ? []
        : Array.from(text.matchAll(quietWord), (word) => word.index + word[0].length);
      const until = safe.at(-1) ?? 0;
      const told = tell(until);
      drop(safe.findLast((place) => place <= until - context) ?? 0);
      return text.length - until <= ruleLimits.textLength ? told : told + withoutDigits(this.end());
    },
    end() {
      const told = tell(text.length);
      drop(text.length);
      return told;
    },
    found: () => add({ ...dropped }, found),
  };
}

function withoutDigits(masked: string): string {
  return masked.replace(/\p{N}/gu, '*');
}

function add(counts: Partial<Record<FoundKind, number>>, more: Masked['found']) {
  for (const [kind, count] of Object.entries(more) as [FoundKind, number][])
    counts[kind] = (counts[kind] ?? 0) + count;
  return counts;
}

function subtracted(counts: Masked['found'], fewer: Masked['found']) {
  const negative = Object.fromEntries(Object.entries(fewer).map(([kind, count]) => [kind, -count]));
  const rest = add({ ...counts }, negative);
  return Object.fromEntries(Object.entries(rest).filter(([, count]) => count > 0));
}
