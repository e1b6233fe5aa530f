/**
 * What a person types or pastes as the address of a web site, as an origin (RFC 6454): `https://host` or
 * `https://host:port`. A path is dropped and a missing scheme is https. Null when it is no web address.
 */
export function originOf(typed: string): string | null {
  const text = typed.trim();
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (text === '' || /\s/.test(text) || !URL.canParse(address)) return null;
  const { protocol, origin, hostname } = new URL(address);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && /^[a-z0-9.\-[\]:]+$/.test(hostname) ? origin : null;
}
