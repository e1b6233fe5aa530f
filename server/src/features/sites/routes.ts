import {
  changeSite as changeSiteEndpoint,
  createSite as createSiteEndpoint,
  deleteSite as deleteSiteEndpoint,
  listSites,
} from '@samtal/contract/sites';
import type { Database } from '../../platform/database/index.ts';
import { changeOf } from '../../platform/history/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { changeSite } from './change-site.ts';
import { createSite } from './create-site.ts';
import { deleteSite } from './delete-site.ts';
import { presentSite } from './presenter.ts';
import { readSite, readSites } from './queries.ts';

export function sitesRoutes(http: HttpServer, { database }: { database: Database }): void {
  http.serve(listSites, async ({ caller: { accountId } }) => {
    const sites = await database.read(accountId, (tx) => readSites(tx, accountId));
    return { items: sites.map(presentSite) };
  });

  http.serve(createSiteEndpoint, async ({ caller: { accountId, actor }, body }) =>
    database.transaction(accountId, async (tx) => {
      const { changes: site, note } = changeOf(body);
      const id = await createSite(tx, accountId, { actor, site, note });
      return presentSite(await readSite(tx, accountId, id));
    }),
  );

  http.serve(changeSiteEndpoint, async ({ caller, params: { siteId }, body }) =>
    database.transaction(caller.accountId, async (tx) => {
      await changeSite(tx, caller, { siteId, ...changeOf(body) });
      return presentSite(await readSite(tx, caller.accountId, siteId));
    }),
  );

  http.serve(deleteSiteEndpoint, async ({ caller, params: { siteId }, body: note = {} }) => {
    await database.transaction(caller.accountId, (tx) => deleteSite(tx, caller, { siteId, note }));
    return undefined;
  });
}
