import type { Detector } from './span.ts';

const octet = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const v4 = new RegExp(String.raw`(?<![\w.*])(?:${octet}\.){3}${octet}(?![\w*]|\.\d)`, 'g');
const v6 = /(?<![\w:.*])[0-9A-Fa-f:]{3,45}(?:(?<=:)(?:\d{1,3}\.){3}\d{1,3})?(?![\w*]|[:.]\w)/g;
/** Four numbers with dots are a version as often as an address: `v2.4.1.0`, `version 2.4.1.0`. */
const version = /(?:v|vers\p{L}{0,4}|wersj\p{L}|build|firmware|release)[.: ]{0,2}$/iu;

/** IP addresses, version 4 in dotted form and version 6 as RFC 4291, 2.2 writes them. */
export const detectIpAddresses: Detector = (text, report) => {
  for (const match of text.matchAll(v4)) {
    if (!version.test(text.slice(Math.max(0, match.index - 10), match.index)))
      report(match.index, match.index + match[0].length);
  }
  if (!text.includes(':')) return;
  for (const match of text.matchAll(v6)) {
    // Ends a sentence or introduces something: `fe80::1:`.
    const address = match[0].replace(/(?<!:):$/, '');
    if (isV6(address)) report(match.index, match.index + address.length);
  }
};

/** Only with a digit in it: `a::b` is more often code than an address. */
function isV6(address: string): boolean {
  if (!/\d/.test(address)) return false;
  const halves = address.replace(/(?<=:)(?:\d{1,3}\.){3}\d{1,3}$/, '0:0').split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length > 0 && groups.length < 8 : groups.length === 8;
}
