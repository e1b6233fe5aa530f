import { isSupportedCountry, isValidPhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/**
 * Whether this is a number that somebody could have, by the metadata of libphonenumber: in international form, or in the
 * national form of one of the countries (ISO 3166-1). Apart from the engine, because it is 190 KB: the widget does
 * without.
 */
export function isPhoneNumber(written: string, countries: readonly string[]): boolean {
  if (countries.length === 0) return isValidPhoneNumber(written);
  return countries.some((country) => isSupportedCountry(country) && isNational(written, country));
}

type Country = NonNullable<ReturnType<typeof parsePhoneNumberFromString>>['country'];

/** Where one dials 0 first at home, people write it: `2024-118-2231` is no Swedish number. */
function isNational(written: string, country: NonNullable<Country>): boolean {
  const number = parsePhoneNumberFromString(written, country);
  if (number?.isValid() !== true) return false;
  return written.trimStart().startsWith('0') === number.formatNational().replace('(', '').startsWith('0');
}
