import { isValidPhoneNumber, isSupportedCountry } from 'libphonenumber-js/max';

/**
 * Whether this is a number that somebody could have, by the metadata of libphonenumber: in international form, or in the
 * national form of one of the countries. Apart from the engine, because it is 190 KB: the widget does without.
 */
export function isPhoneNumber(written: string, countries: readonly string[]): boolean {
  if (countries.length === 0) return isValidPhoneNumber(written);
  return countries.some((country) => isSupportedCountry(country) && isValidPhoneNumber(written, country));
}
