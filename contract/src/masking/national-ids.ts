import { isDay, passesLuhn, passesMod11With10, remainder97, weighted } from './check-digits.ts';
import type { DetectorKind } from './configuration.ts';
import { isSomethingElse } from './something-else.ts';
import type { Detector } from './span.ts';

/** A country's id: its written form, of bounded length, and what makes one right. */
interface NationalId {
  readonly written: RegExp;
  /** `id` is without separators, in capitals; `written` as it stands. */
  isRight(id: string, written: string): boolean;
  /**
   * How much the form itself says: `sure`, or `weak` when one of about ten numbers of this length would pass. A weak
   * one is not believed after a word that says it is something else, such as an order number.
   */
  readonly evidence: 'sure' | 'weak';
}

/** Nothing that would make it part of something longer. Asterisks count as digits, so that masking twice changes nothing. */
const form = (pattern: string) => new RegExp(String.raw`(?<![\p{L}\d*])(?:${pattern})(?![\p{L}\d*])`, 'giu');
const number = (text: string) => Number(text);
const dayFirst = (id: string) => isDay(number(id.slice(2, 4)), number(id.slice(0, 2)));

export type NationalIdKind = Extract<DetectorKind, `id-${string}`>;

const ids: Readonly<Record<NationalIdKind, NationalId>> = {
  // Personnummer and samordningsnummer (day + 60): Luhn over the last ten digits. Skatteverket, SKV 704.
  'id-se': {
    written: form(String.raw`(?:(?:18|19|20)?\d{6})[ ]?[-+ ]?[ ]?\d{4}`),
    isRight(id) {
      const ten = id.slice(-10);
      const day = number(ten.slice(4, 6));
      return isDay(number(ten.slice(2, 4)), day > 60 ? day - 60 : day) && passesLuhn(ten);
    },
    evidence: 'sure',
  },
  // Fødselsnummer and D-nummer (day + 40), with those for tests (month + 40 or + 80): two checks modulo 11. Skatteetaten.
  'id-no': {
    written: form(String.raw`\d{6}[ -]?\d{5}`),
    isRight(id) {
      const day = number(id.slice(0, 2));
      const month = number(id.slice(2, 4)) % 40;
      return (
        isDay(month, day > 40 ? day - 40 : day) &&
        weighted(id, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
        weighted(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
      );
    },
    evidence: 'sure',
  },
  // CPR-nummer. Since 2007 some are issued without a right check digit, so written with a dash the day is enough.
  'id-dk': {
    written: form(String.raw`\d{6}[ ]?[- ]?[ ]?\d{4}`),
    isRight: (id, written) =>
      dayFirst(id) && (written.includes('-') || weighted(id, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0),
    evidence: 'sure',
  },
  // Henkilötunnus: day, sign of the century, number, check character modulo 31. Digital and Population Data Services Agency.
  'id-fi': {
    written: form(String.raw`\d{6}[-+ABCDEFUVWXY]\d{3}[0-9A-Y]`),
    isRight: (_, written) =>
      dayFirst(written) &&
      '0123456789ABCDEFHJKLMNPRSTUVWXY'[number(written.slice(0, 6) + written.slice(7, 10)) % 31] ===
        written.slice(10).toUpperCase(),
    evidence: 'sure',
  },
  // Steuerliche Identifikationsnummer: ISO 7064 MOD 11,10; one digit of the first ten is there two or three times. BZSt.
  'id-de': {
    written: form(String.raw`[1-9]\d(?:[ ]?\d{3}){3}`),
    isRight(id) {
      const counts = new Map<string, number>();
      for (const digit of id.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
      const repeated = [...counts.values()].filter((count) => count > 1);
      return repeated.length === 1 && (repeated[0] ?? 0) <= 3 && passesMod11With10(id);
    },
    evidence: 'sure',
  },
  // Numéro de sécurité sociale (NIR): 97 minus the number modulo 97, with 2A and 2B for Corsica. INSEE.
  'id-fr': {
    written: form(String.raw`[1-478][ .]?\d{2}[ .]?\d{2}[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}[ .-]?\d{2}`),
    isRight(id) {
      const month = number(id.slice(3, 5));
      const digits = id.slice(0, 13).replace('2A', '19').replace('2B', '18');
      return month >= 1 && (month <= 12 || month >= 20) && 97 - remainder97(digits) === number(id.slice(13));
    },
    evidence: 'sure',
  },
  // DNI and NIE: a letter modulo 23. Ministerio del Interior.
  'id-es': {
    written: form(String.raw`(?:[XYZ][ -]?\d{7}|\d{8}|\d{2}\.\d{3}\.\d{3})[ -]?[A-Z]`),
    isRight(id) {
      const digits = id.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
      return 'TRWAGMYFPDXBNJZSQVHLCKE'[number(digits) % 23] === id.at(-1);
    },
    evidence: 'sure',
  },
  // Codice fiscale: a letter over fifteen characters, with letters for digits where two people would share one. D.M. 23/12/1976.
  'id-it': {
    written: form(
      String.raw`[A-Z]{3}[ ]?[A-Z]{3}[ ]?[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[ ]?[A-Z][0-9LMNP-V]{3}[A-Z]`,
    ),
    isRight(id) {
      const odd = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
      ];
      const sum = Array.from(id.slice(0, 15)).reduce((total, character, index) => {
        const value = /\d/.test(character) ? number(character) : character.charCodeAt(0) - 65;
        return total + (index % 2 === 0 ? (odd[value] ?? 0) : value);
      }, 0);
      return String.fromCharCode(65 + (sum % 26)) === id.at(-1);
    },
    evidence: 'sure',
  },
  // Burgerservicenummer: the eleven test, the last digit counting minus one. RvIG.
  'id-nl': {
    written: form(String.raw`\d{3}[. ]?\d{3}[. ]?\d{3}|\d{4}[. ]\d{2}[. ]\d{3}`),
    isRight: (id) =>
      number(id) > 9_999_999 && (weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) - number(id.slice(8))) % 11 === 0,
    evidence: 'weak',
  },
  // PESEL: the century is in the month; weights 1, 3, 7, 9. Ministerstwo Cyfryzacji.
  'id-pl': {
    written: form(String.raw`\d{6}[ -]?\d{5}`),
    isRight: (id) =>
      isDay(number(id.slice(2, 4)) % 20, number(id.slice(4, 6))) &&
      weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
    evidence: 'sure',
  },
  // National Insurance number: no check digit, but prefixes that are never issued. HMRC, NIM39110.
  'id-gb-nino': {
    written: form(
      String.raw`(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[ -]?\d{2}){3}[ -]?[A-D]`,
    ),
    isRight: () => true,
    evidence: 'sure',
  },
  // NHS number: modulo 11. England and Wales begin with 4, 6 or 7, Northern Ireland with 32 to 39, Scotland (CHI) with the
  // day of birth, and those for tests with 9. NHS Data Dictionary.
  'id-gb-nhs': {
    written: form(String.raw`\d{3}[ -]?\d{3}[ -]?\d{4}`),
    isRight: (id) =>
      (/^(?:[4679]|3[2-9])/.test(id) || dayFirst(id)) &&
      !/^(\d)\1*$/.test(id) &&
      weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    evidence: 'weak',
  },
  // Social Security number: no check digit; written in its groups. SSA, POMS RM 10201.
  'id-us-ssn': {
    written: form(String.raw`(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}`),
    isRight: () => true,
    evidence: 'weak',
  },
  // Individual Taxpayer Identification number: the groups that are issued. IRS, IRM 3.21.263.
  'id-us-itin': {
    written: form(String.raw`9\d{2}([- ])(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\1\d{4}`),
    isRight: () => true,
    evidence: 'weak',
  },
};

/** National ids of one kind, by their form and their check digits. */
export function nationalIdDetector(kind: NationalIdKind): Detector {
  const { written, isRight, evidence } = ids[kind];
  return (text, report) => {
    for (const match of text.matchAll(written)) {
      const id = match[0].replace(/[^A-Za-z0-9]/g, '').toUpperCase();
      if (!isRight(id, match[0])) continue;
      if (evidence === 'weak' && isSomethingElse(text, match.index)) continue;
      report(match.index, match.index + match[0].length);
    }
  };
}
