import type { Masking } from './compile-masking.ts';
import type { DetectorKind } from './configuration.ts';
import { fold } from './fold.ts';

/**
 * What is looked for over two messages: what a check digit makes sure of. Of the others a tenth and more of all numbers
 * would pass that two messages make together by chance.
 */
export const splitKinds: readonly DetectorKind[] = [
  'card',
  'id-se',
  'id-no',
  'id-fi',
  'id-de',
  'id-fr',
  'id-es',
  'id-pl',
];

/** One digit less than the longest number that is looked for. */
const mostDigits = 18;

/** Longer than anything that is looked for: only so much of a text's end is read, in UTF-16 code units. */
const endLength = 128;

/** What a text ends with: digits with spaces, dots and dashes between them, and nothing in front that they would be part of. */
const ending = /(?<![\p{L}\p{N}*])\d[\d .-]*(?=[\s.,;:!?)]*$)/u;

/**
 * The digits that a masked text leaves unfinished at its end, folded, for what its writer says next; the empty text for
 * none. A text that is such digits alone goes on with the ones from `before`.
 */
export function unfinishedNumber(masked: string, before: string): string {
  const { text } = fold(masked.slice(-endLength));
  const found = ending.exec(text);
  if (found === null) return '';
  const own = found[0].trim();
  const isAlone = masked.length <= endLength && text.slice(0, found.index).trim() === '';
  const number = isAlone && before !== '' ? `${before} ${own}` : own;
  return number.replaceAll(/\D/g, '').length > mostDigits ? '' : number;
}

/**
 * A text in which what finishes a number that its writer left unfinished in the message before is masked, to its last
 * digit. `checked` looks for `splitKinds`. What the message before said is written already, and stays.
 */
export function withoutFinish(checked: Masking, unfinished: string, text: string): string {
  if (unfinished === '' || !/^[\s-]*\p{Nd}/u.test(text)) return text;
  const lead = text.length - text.trimStart().length;
  for (const joint of [' ', '']) {
    const border = unfinished.length + joint.length;
    const { spans } = checked.mask(unfinished + joint + text.trimStart());
    const over = spans.find(({ start, end }) => start < unfinished.length && end > border);
    if (over === undefined) continue;
    const end = lead + over.end - border;
    return text.slice(0, end).replaceAll(/[\p{L}\p{N}]/gu, '*') + text.slice(end);
  }
  return text;
}
