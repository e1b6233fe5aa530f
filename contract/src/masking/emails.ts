import type { Detector } from './span.ts';

// RFC 5321, 4.5.3.1: limits of the local part and of the whole.
const localLength = 64;
const wholeLength = 254;

const localCharacter = /[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]/u;
const domain =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(?:\p{L}{2,24}|xn--[a-z0-9-]{2,59})(?![\p{L}\p{N}])/iu;

/** E-mail addresses with a domain that has a dot. Also international ones (RFC 6531). */
export const detectEmails: Detector = (text, report) => {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < localLength && localCharacter.test(text.charAt(start - 1))) start -= 1;
    while (start < at && !/[\p{L}\p{N}]/u.test(text.charAt(start))) start += 1;
    if (start === at) continue;
    const right = domain.exec(text.slice(at + 1, at + 1 + wholeLength));
    if (right !== null) report(start, at + 1 + right[0].length);
  }
};
