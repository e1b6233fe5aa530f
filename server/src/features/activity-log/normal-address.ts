import ipaddr from 'ipaddr.js';

/** The one way to write an address (RFC 5952; an IPv4-mapped one as IPv4). What is none becomes null. */
export function normalAddress(given: string): string | null {
  const address = given.trim();
  // NOTE: ipaddr.js also takes shorthand such as `1` or `0x7f.1`; those are no addresses here.
  if (!ipaddr.IPv6.isValid(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)) return null;
  return ipaddr.process(address.replace(/%.*$/, '')).toString();
}
