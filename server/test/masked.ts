import type { MaskedText } from '../src/features/masking/index.ts';

/** Stands for what the masker would have made of a text that has nothing to mask in it, for tests below it. */
export function asMasked(text: string): MaskedText {
  return { text } as MaskedText;
}
