import { Type } from '../shared/index.ts';

const word = "[A-Za-z0-9#$&'*+/=?^_{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const local = `(?=[^@]{1,64}@)${word}(?:\\.${word})*@`;
const domain = `(?:${label}\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?`;

/**
 * One address to which mail can be sent (RFC 5321, section 4.1.2), in ASCII and nothing else: no quoted names, no routes (`%`, `!`),
 * no literal addresses, no lists, no groups. A domain with other letters is written as DNS has it, `xn--…`: two
 * letters that look the same are then never taken for each other (attack catalogue 55).
 */
export const mailAddressForm = { maxLength: 254, pattern: `^${local}${domain}$` } as const;
export const MailAddress = Type.String(mailAddressForm);

/** Which addresses are meant: one address, everybody at a domain (`@domain`), or one name at any domain (`name@`). */
export const MailPattern = Type.String({
  maxLength: 254,
  pattern: `^(?:${local}(?:${domain})?|@${domain})$`,
});

/** A host by name or address; an IPv6 address without brackets. */
export const MailHost = Type.String({
  maxLength: 253,
  pattern: '^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$',
});

/** A line that can stand in a header: nothing that ends it, turns it round or hides in it. */
export const HeaderLine = Type.String({
  maxLength: 120,
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]*$',
});
