import type { MaskedText, Original } from '../src/features/masking/index.ts';

/** Stands for what the masker would have made of a text that has nothing to mask in it, for tests below it. */
export function asMasked(text: string): MaskedText {
  return { text, original: null } as MaskedText;
}

/** Stands for a text whose long numbers may be read until they are due. */
export function asMaskedLater(text: string, original: Original): MaskedText {
  return { text, original } as MaskedText;
}
