import type { StoredSite } from './queries.ts';

/** A site as its versions keep it: everything that was chosen, and the key that its snippet has. */
export function siteBody(site: StoredSite) {
  const { siteKey, name, origins, queueId, locale, accentColour, sessionLifeMinutes } = site;
  return { siteKey, name, origins, queueId, locale, accentColour, sessionLifeMinutes };
}
