import * as contract from '@samtal/contract/data-services';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { changeOf } from '../../platform/history/index.ts';
import { keepPace, type HttpServer, type Member } from '../../platform/http/index.ts';
import type { RateLimiter } from '../rate-limits/index.ts';
import { writeCsv, type AccountTurns } from '../statistics/index.ts';
import { changeDataService } from './change-data-service.ts';
import { createDataService } from './create-data-service.ts';
import { deleteDataService } from './delete-data-service.ts';
import { seenService, seenServices } from './offered-services.ts';
import { paceId } from './pace-id.ts';
import { columnsOf, measuresOf, runDataService } from './run-data-service.ts';

interface Run {
  readonly caller: Member;
  readonly params: { readonly serviceKey: string };
  readonly reply: Parameters<typeof keepPace>[0];
}

export function dataServicesRoutes(
  http: HttpServer,
  { database, limiter, turns }: { database: Database; limiter: RateLimiter; turns: AccountTurns },
): void {
  http.serve(contract.listDataServices, async ({ caller }) => ({
    items: await database.read(caller.accountId, async (tx) => await seenServices(tx, caller)),
  }));

  http.serve(
    contract.getDataService,
    async ({ caller, params: { serviceKey } }) =>
      await database.read(caller.accountId, async (tx) => await seenService(tx, caller, serviceKey)),
  );

  http.serve(contract.createDataService, async ({ caller, body }) => {
    const { changes: service, note } = changeOf(body);
    return await database.transaction(caller.accountId, async (tx) => {
      await createDataService(tx, caller, { service, note });
      return await seenService(tx, caller, service.key);
    });
  });

  http.serve(
    contract.changeDataService,
    async ({ caller, params: { serviceKey: key }, body }) =>
      await database.transaction(caller.accountId, async (tx) => {
        await changeDataService(tx, caller, { key, ...changeOf(body) });
        return await seenService(tx, caller, key);
      }),
  );

  http.serve(contract.deleteDataService, async ({ caller, params: { serviceKey: key }, body: note = {} }) => {
    await database.transaction(
      caller.accountId,
      async (tx) => await deleteDataService(tx, caller, { key, note }),
    );
    return undefined;
  });

  http.serve(contract.readDataService, async (call) => {
    const service = await admitted(call);
    return await turns.read(
      call.caller.accountId,
      async (tx) => await runDataService(tx, call.caller, service, call.query),
    );
  });

  http.serve(contract.exportDataService, async (call) => {
    const { caller, query } = call;
    const service = await admitted(call);
    return await turns.transaction(caller.accountId, async (tx) => {
      const rows = await runDataService(tx, caller, service, query);
      await recordAudit(tx, caller.accountId, {
        action: 'data-services.exported',
        actor: caller.actor,
        subject: { kind: 'data-service', id: service.id },
        details: { from: rows.from, to: rows.to },
      });
      return {
        type: 'text/csv',
        fileName: `${service.key}-${rows.from.slice(0, 10)}.csv`,
        content: writeCsv(rows, columnsOf(service.query), measuresOf(service.query)),
      };
    });
  });

  /** The service, where the caller sees it and has not asked it too often. */
  async function admitted({ caller, params: { serviceKey }, reply }: Run): Promise<contract.DataService> {
    const service = await database.read(
      caller.accountId,
      async (tx) => await seenService(tx, caller, serviceKey),
    );
    keepPace(
      reply,
      await limiter.take(paceId(service.id, caller.userId), () => service.requestsPerMinute),
      'data-service',
    );
    return service;
  }
}
