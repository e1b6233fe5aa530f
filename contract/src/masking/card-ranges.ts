import type { OptionalNetwork } from './configuration.ts';

export type PromisedNetwork = 'visa' | 'mastercard' | 'amex' | 'diners' | 'discover' | 'jcb';
export type CardNetwork = PromisedNetwork | OptionalNetwork;

/** First and last prefix (issuer identification numbers, ISO/IEC 7812), both of the same length, and the lengths of numbers. */
type Range = readonly [network: CardNetwork, first: number, last: number, lengths: readonly number[]];

const from = (least: number, most: number) =>
  Array.from({ length: most - least + 1 }, (_, index) => least + index);
const visa = [13, 16, 19];
const diners = [14, 16, 19];
const long = from(16, 19);

/**
 * Who issues which numbers. Ranges lie inside each other (Elo inside Visa, RuPay and Verve inside Discover), and the
 * longest prefix decides. Cards of RuPay that JCB issues with it (353, 356) are JCB's, and those of Troy that Discover does (65)
 * are Discover's. Raise `version` with each change.
 */
export const cardRanges: { readonly version: string; readonly ranges: readonly Range[] } = {
  version: '2026-11.2',
  ranges: [
    ['visa', 4, 4, visa],
    ['mastercard', 51, 55, [16]],
    ['mastercard', 2221, 2720, [16]],
    ['amex', 34, 34, [15]],
    ['amex', 37, 37, [15]],
    ['diners', 300, 305, diners],
    ['diners', 3095, 3095, diners],
    ['diners', 36, 36, diners],
    ['diners', 38, 39, diners],
    ['discover', 6011, 6011, long],
    ['discover', 644, 649, long],
    ['discover', 65, 65, long],
    ['jcb', 3528, 3589, long],
    ['maestro', 493698, 493698, from(12, 19)],
    ['maestro', 500000, 504174, from(12, 19)],
    ['maestro', 504176, 506098, from(12, 19)],
    ['maestro', 506199, 506698, from(12, 19)],
    ['maestro', 506779, 507864, from(12, 19)],
    ['maestro', 507965, 508499, from(12, 19)],
    ['maestro', 56, 59, from(12, 19)],
    ['maestro', 63, 63, from(12, 19)],
    ['maestro', 67, 67, from(12, 19)],
    ['unionpay', 62, 62, from(14, 19)],
    ['unionpay', 8100, 8171, from(14, 19)],
    ['rupay', 508500, 508999, [16]],
    ['rupay', 606985, 607984, [16]],
    ['rupay', 608001, 608500, [16]],
    ['rupay', 652150, 653149, [16]],
    ['rupay', 817200, 820199, [16]],
    ['elo', 401178, 401179, [16]],
    ['elo', 431274, 431274, [16]],
    ['elo', 438935, 438935, [16]],
    ['elo', 451416, 451416, [16]],
    ['elo', 457393, 457393, [16]],
    ['elo', 457631, 457632, [16]],
    ['elo', 504175, 504175, [16]],
    ['elo', 506699, 506778, [16]],
    ['elo', 509000, 509999, [16]],
    ['elo', 627780, 627780, [16]],
    ['elo', 636297, 636297, [16]],
    ['elo', 636368, 636368, [16]],
    ['elo', 650031, 650033, [16]],
    ['elo', 650035, 650051, [16]],
    ['elo', 650405, 650439, [16]],
    ['elo', 650485, 650538, [16]],
    ['elo', 650541, 650598, [16]],
    ['elo', 650700, 650718, [16]],
    ['elo', 650720, 650727, [16]],
    ['elo', 650901, 650978, [16]],
    ['elo', 651652, 651679, [16]],
    ['elo', 655000, 655019, [16]],
    ['elo', 655021, 655058, [16]],
    ['mir', 2200, 2204, long],
    ['verve', 506099, 506198, [16, 18, 19]],
    ['verve', 507865, 507964, [16, 18, 19]],
    ['verve', 650002, 650027, [16, 18, 19]],
    ['hiper', 606282, 606282, [16]],
    ['hiper', 637095, 637095, [16]],
    ['hiper', 637568, 637568, [16]],
    ['hiper', 637599, 637599, [16]],
    ['hiper', 637609, 637609, [16]],
    ['hiper', 637612, 637612, [16]],
    ['troy', 9792, 9792, [16]],
  ],
};

const longestFirst = cardRanges.ranges
  .map(([network, first, last, lengths]) => ({ network, first, last, lengths, digits: String(first).length }))
  .toSorted((a, b) => b.digits - a.digits);

/** The network of a number that consists of digits, by its longest known prefix; null when none issues such numbers. */
export function networkOf(number: string): CardNetwork | null {
  const range = longestFirst.find(({ first, last, digits }) => {
    const prefix = Number(number.slice(0, digits));
    return prefix >= first && prefix <= last;
  });
  return range?.lengths.includes(number.length) === true ? range.network : null;
}
