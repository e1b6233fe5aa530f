export { createSite } from './create-site.ts';
export { restoreSite } from './restore-site.ts';
export { lockSite, readSite, readSites, siteByKey, type SiteForVisitors } from './queries.ts';
export { newSiteKey } from './site-key.ts';
