import { Refusal } from '../../platform/http/index.ts';

/** A name or an address. URL parsers let more through, such as `*`, which would never match anything. */
const host = /^(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?$|^\[[0-9a-f:.]+\]$/;

/**
 * Origins as browsers write them (RFC 6454): host in lower case and in ASCII, no default port, none twice. Refuses what
 * is no origin of a web page, or says more than an origin does.
 */
export function normalisedOrigins(origins: readonly string[]): string[] {
  return [...new Set(origins.map((origin, index) => normalisedOrigin(origin, index)))];
}

function normalisedOrigin(origin: string, index: number): string {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  const isOrigin =
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    host.test(url.hostname) &&
    url.username === '' &&
    url.password === '' &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    !/[/?#]$/.test(origin);
  if (isOrigin) return url.origin;
  throw new Refusal('request.invalid', {
    fields: [
      { pointer: `/body/origins/${index}`, problem: 'must be an origin, such as https://www.example.org' },
    ],
  });
}
