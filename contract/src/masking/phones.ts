import { isSomethingElse } from './something-else.ts';
import type { Detector } from './span.ts';

const candidate =
  /(?<![\p{L}\d*_=#]|[\d*][ ()./-]{1,3}|\p{L}[./-])(?:\+|\(\+?)?\d(?:[ ()./-]{0,3}\d){6,14}(?![\p{L}\d*_]|[ ()./-]{1,3}[\d*]|[,:]\d)/gu;

/**
 * Phone numbers: runs of 7 to 15 digits (E.164) with what people write between them, that `isPhoneNumber` knows. One
 * that is not in international form must begin with 0 or be written in groups, because any number could be one.
 */
export function phoneDetector(
  isPhoneNumber: (written: string, countries: readonly string[]) => boolean,
  countries: readonly string[],
): Detector {
  return (text, report) => {
    for (const match of text.matchAll(candidate)) {
      const written = match[0];
      const international = /^\(?(?:\+|00)/.test(written);
      const national = countries.length > 0 && (/^\(?0/.test(written) || /\d[ ()./-]+\d/.test(written));
      if (!international && (!national || isSomethingElse(text, match.index))) continue;
      if (isPhoneNumber(plainForm(written), international ? [] : countries))
        report(match.index, match.index + written.length);
    }
  };
}

/** What people add to a number: a zero in parentheses that is only dialled at home, 00 for +. */
function plainForm(written: string): string {
  const plain = written.replace('(0)', '').replace(/[()]/g, ' ').trim();
  return plain.startsWith('00') ? `+${plain.slice(2)}` : plain;
}
