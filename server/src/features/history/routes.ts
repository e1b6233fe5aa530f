import {
  compareVersions,
  getVersion,
  listVersions,
  restoreVersion as restoreVersionEndpoint,
} from '@samtal/contract/history';
import type { Database } from '../../platform/database/index.ts';
import { found, type HttpServer } from '../../platform/http/index.ts';
import { versionDifferences } from './differences.ts';
import { presentVersion } from './presenter.ts';
import { readVersion, readVersions } from './queries.ts';
import {
  refuseUnfit,
  refuseUnlessMayRestore,
  restoreVersion,
  type Judges,
  type Restorers,
} from './restore-version.ts';

export function historyRoutes(
  http: HttpServer,
  { database, restorers, judges }: { database: Database; restorers: Restorers; judges: Judges },
): void {
  http.serve(listVersions, async ({ caller: { accountId }, query }) => {
    const { versions, next } = await database.read(accountId, (tx) => readVersions(tx, accountId, query));
    return { items: versions.map(presentVersion), next };
  });

  http.serve(getVersion, async ({ caller, params: { accountId, ...at } }) => {
    const stored = found(await database.read(caller.accountId, (tx) => readVersion(tx, accountId, at)));
    return { version: presentVersion(stored), body: stored.body };
  });

  http.serve(compareVersions, async ({ caller, params: { accountId, ...at }, query }) => {
    const since = query.since ?? at.version - 1;
    return await database.read(caller.accountId, async (tx) => {
      const after = found(await readVersion(tx, accountId, at)).body;
      const before =
        since === 0 ? null : found(await readVersion(tx, accountId, { ...at, version: since })).body;
      return { since, version: at.version, differences: versionDifferences(at.kind, before, after) };
    });
  });

  http.serve(restoreVersionEndpoint, async ({ caller, params: { kind, objectId, version }, body }) => {
    const { accountId } = caller;
    refuseUnlessMayRestore(caller, kind);
    const at = { kind, objectId, version };
    await refuseUnfit(
      judges,
      accountId,
      found(await database.read(accountId, (tx) => readVersion(tx, accountId, at))),
    );
    const restored = await database.transaction(accountId, (tx) =>
      restoreVersion(tx, caller, restorers, { ...at, ...body }),
    );
    return presentVersion(restored);
  });
}
