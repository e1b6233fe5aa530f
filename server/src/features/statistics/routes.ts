import * as contract from '@samtal/contract/statistics';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';
import { dimensionsOf, readFigures } from './read-figures.ts';
import { writeCsv } from './write-csv.ts';

export function statisticsRoutes(http: HttpServer, { database }: { database: Database }): void {
  http.serve(contract.listMetrics, async () => ({ items: contract.metrics.map(contract.definitionOf) }));

  http.serve(
    contract.readFigures,
    async ({ caller, params: { subject }, query }) =>
      await database.read(caller.accountId, async (tx) => {
        const viewer = { scopes: scopesOf(caller, 'statistics.view') };
        return await readFigures(tx, caller.accountId, { viewer, subject, query });
      }),
  );

  http.serve(contract.exportFigures, async ({ caller, params: { subject }, query }) => {
    const { accountId: account, actor } = caller;
    const figures = await database.transaction(account, async (tx) => {
      const viewer = { scopes: scopesOf(caller, 'statistics.view') };
      const read = await readFigures(tx, account, { viewer, subject, query });
      await recordAudit(tx, account, {
        action: 'statistics.exported',
        actor,
        details: { subject, grain: query.grain, from: query.from, to: query.to },
      });
      return read;
    });
    return {
      type: 'text/csv',
      fileName: `${subject}-${query.from.slice(0, 10)}.csv`,
      content: writeCsv(figures, dimensionsOf(subject, query.by)),
    };
  });

  http.serve(
    contract.readOwnFigures,
    async ({ caller: { accountId, userId }, query }) =>
      await database.read(
        accountId,
        async (tx) => await readFigures(tx, accountId, { viewer: { own: userId }, subject: 'agents', query }),
      ),
  );
}
