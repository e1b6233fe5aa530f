import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no letter that is mistaken for a digit, none that makes words by accident. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new case id, such as `7QF3K-M9XDA`: 50 random bits, short enough to be read out on the telephone (E10). */
export function newCaseId(): string {
  const letters = [...randomBytes(10)].map((byte) => alphabet[byte & 31]).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/** The stored form of a case id as a person types it. */
export function normalCaseId(typed: string): string {
  const letters = typed.toUpperCase().replace('-', '');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}
