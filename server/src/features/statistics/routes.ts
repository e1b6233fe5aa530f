import * as contract from '@samtal/contract/statistics';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { found, type HttpServer } from '../../platform/http/index.ts';
import { mayEverywhere, scopesOf } from '../access/index.ts';
import type { AccountTurns } from './reading/account-turns.ts';
import { listFiles } from './files/list-files.ts';
import { dimensionsOf } from './reading/present-rows.ts';
import { publishedAs } from './files/published-as.ts';
import { readFigures } from './reading/read-figures.ts';
import { readLive } from './live/read-live.ts';
import { readFileContent } from './files/stored-files.ts';
import { writeCsv } from './reading/write-csv.ts';

export function statisticsRoutes(
  http: HttpServer,
  { database, turns }: { database: Database; turns: AccountTurns },
): void {
  http.serve(contract.listMetrics, async () => ({ items: contract.metrics.map(contract.definitionOf) }));

  http.serve(
    contract.readLive,
    async ({ caller }) =>
      await database.read(
        caller.accountId,
        async (tx) => await readLive(tx, caller.accountId, scopesOf(caller, 'statistics.view')),
      ),
  );

  http.serve(
    contract.readFigures,
    async ({ caller, params: { subject }, query }) =>
      await turns.read(caller.accountId, async (tx) => {
        const viewer = { scopes: scopesOf(caller, 'statistics.view') };
        return await readFigures(tx, caller.accountId, { viewer, subject, query });
      }),
  );

  http.serve(contract.exportFigures, async ({ caller, params: { subject }, query }) => {
    const { accountId: account, actor } = caller;
    return await turns.transaction(account, async (tx) => {
      await recordAudit(tx, account, {
        action: 'statistics.exported',
        actor,
        details: { subject, grain: query.grain, from: query.from, to: query.to },
      });
      // What was published is given as it was published, here and over SFTP (I3).
      const published = mayEverywhere(caller, 'statistics.view')
        ? await publishedAs(tx, account, { subject, query })
        : null;
      if (published !== null)
        return { type: 'text/csv', fileName: published.name, content: [published.content] };
      const viewer = { scopes: scopesOf(caller, 'statistics.view') };
      const figures = await readFigures(tx, account, { viewer, subject, query });
      return {
        type: 'text/csv',
        fileName: `${subject}-${query.from.slice(0, 10)}.csv`,
        content: writeCsv(figures, dimensionsOf(subject, query.by)),
      };
    });
  });

  http.serve(
    contract.readOwnFigures,
    async ({ caller: { accountId, userId }, query }) =>
      await turns.read(
        accountId,
        async (tx) => await readFigures(tx, accountId, { viewer: { own: userId }, subject: 'agents', query }),
      ),
  );

  http.serve(contract.listStatisticsFiles, async ({ caller, query }) =>
    mayEverywhere(caller, 'statistics.view')
      ? await database.read(caller.accountId, async (tx) => await listFiles(tx, caller.accountId, query))
      : { items: [], next: null },
  );

  http.serve(contract.openStatisticsFile, async ({ caller, params: { fileId } }) => {
    const { accountId: account, actor } = caller;
    return await database.transaction(account, async (tx) => {
      const { name, content } = found(
        mayEverywhere(caller, 'statistics.view') ? await readFileContent(tx, account, fileId) : null,
      );
      await recordAudit(tx, account, {
        action: 'statistics.file-opened',
        actor,
        subject: { kind: 'statistics-file', id: fileId },
      });
      return { type: 'text/csv', fileName: name, sizeBytes: content.length, content: [content] };
    });
  });
}
