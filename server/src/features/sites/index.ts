export { createSite } from './create-site.ts';
export { readSite, readSites, siteByKey, type SiteForVisitors } from './queries.ts';
export { newSiteKey } from './site-key.ts';
