import { mailAddressForm } from '@samtal/contract/mail';

const fits = new RegExp(mailAddressForm.pattern);

/** The address in the one way it is compared and sent to. Null when it is none that mail is sent to. */
export function sendableAddress(address: string): string | null {
  if (address.length > mailAddressForm.maxLength || !fits.test(address)) return null;
  return address.toLowerCase();
}

/**
 * Whether a pattern of the list (`MailPattern` of the contract) means this address. `name@` means `name+anything@` as well:
 * what stands behind the plus is the recipient's own (RFC 5233).
 */
export function isAmong(address: string, patterns: readonly string[]): boolean {
  const folded = address.toLowerCase();
  const at = folded.lastIndexOf('@');
  const name = `${folded.slice(0, at).replace(/\+.*$/, '')}@`;
  return patterns.some((each) => {
    const pattern = each.toLowerCase();
    if (pattern.startsWith('@')) return folded.slice(at) === pattern;
    return pattern.endsWith('@') ? name === pattern : folded === pattern;
  });
}
