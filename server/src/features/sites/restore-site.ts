import { SiteConfiguration } from '@samtal/contract/sites';
import { restorer } from '../../platform/history/index.ts';
import { changeSite } from './change-site.ts';
import { createSite } from './create-site.ts';
import { lockSite } from './queries.ts';

/** Restores a site. One that was removed gets its key back, so that the snippets on its pages work again. */
export const restoreSite = restorer(SiteConfiguration, async (tx, caller, { objectId, body, note }) => {
  const { accountId, actor } = caller;
  const { siteKey, ...changes } = body;
  if ((await lockSite(tx, accountId, objectId)) !== null) {
    await changeSite(tx, caller, { siteId: objectId, changes, note });
  } else {
    const site = { ...changes, siteKey, id: objectId };
    await createSite(tx, accountId, { actor, site, note });
  }
});
