export { createSite, type NewSite } from './create-site.ts';
export { readSites, siteByKey, type SiteForVisitors, type StoredSite } from './queries.ts';
export { newSiteKey } from './site-key.ts';
