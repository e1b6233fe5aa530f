import type { Scope } from '@samtal/contract/access';
import * as contract from '@samtal/contract/routing';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { changeOf, newestVersion } from '../../platform/history/index.ts';
import { found, type HttpServer } from '../../platform/http/index.ts';
import { scopesOf, withinScopes } from '../access/index.ts';
import { changeQueue } from './change-queue.ts';
import { createQueue } from './create-queue.ts';
import { deleteQueue } from './delete-queue.ts';
import { choosePresence, presentPresence } from './presence.ts';

export function routingRoutes(
  http: HttpServer,
  { database, fanout }: { database: Database; fanout: Fanout },
): void {
  http.serve(
    contract.listQueues,
    async ({ caller }) =>
      await database.read(caller.accountId, async (tx) => ({
        items: await presentQueues(tx, caller.accountId, scopesOf(caller, 'routing.read')),
      })),
  );

  http.serve(
    contract.createQueue,
    async ({ caller: { accountId, actor }, body }) =>
      await database.transaction(accountId, async (tx) => {
        const { changes: queue, note } = changeOf(body);
        const id = await createQueue(tx, accountId, { actor, queue, note });
        return await presentQueue(tx, accountId, id);
      }),
  );

  http.serve(
    contract.changeQueue,
    async ({ caller, params: { queueId }, body }) =>
      await database.transaction(caller.accountId, async (tx) => {
        await changeQueue(tx, caller, { queueId, ...changeOf(body) });
        return await presentQueue(tx, caller.accountId, queueId);
      }),
  );

  http.serve(contract.deleteQueue, async ({ caller, params: { queueId }, body: note = {} }) => {
    await database.transaction(
      caller.accountId,
      async (tx) => await deleteQueue(tx, caller, { queueId, note }),
    );
    return undefined;
  });

  http.serve(
    contract.listPresence,
    async ({ caller }) =>
      await database.read(caller.accountId, async (tx) => ({
        items: await presentPresence(tx, caller.accountId),
      })),
  );

  http.serve(
    contract.setPresence,
    async ({ caller, body }) =>
      await database.transaction(caller.accountId, async (tx) => {
        const { accountId: account, userId, actor } = caller;
        await choosePresence(tx, account, userId, body.state);
        await recordAudit(tx, account, {
          action: 'routing.presence-set',
          actor,
          details: { state: body.state },
        });
        tx.afterCommit(() => fanout.announce({ kind: 'lists', account, lists: ['presence'] }));
        const everyone = await presentPresence(tx, account);
        return found(everyone.find((agent) => agent.userId === userId));
      }),
  );
}

async function presentQueues(tx: ReadTx, account: string, scopes: readonly Scope[], id?: string) {
  const rows = await tx.sql
    .selectFrom('queue')
    .selectAll()
    .select((eb) =>
      eb
        .selectFrom('conversation')
        .select((count) => count.fn.countAll<number>().as('waiting'))
        .whereRef('conversation.account_id', '=', 'queue.account_id')
        .whereRef('conversation.queue_id', '=', 'queue.id')
        .where('conversation.state', 'in', ['waiting', 'offered'])
        .as('waiting'),
    )
    .select(newestVersion('queue', { account: 'queue.account_id', id: 'queue.id' }).as('version'))
    .where('account_id', '=', account)
    .where(withinScopes(scopes, { units: 'queue.units', queue: 'queue.id', site: null }))
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    unitId: row.unit_id,
    priority: row.priority,
    assignment: row.assignment,
    offerSeconds: row.offer_seconds,
    waiting: row.waiting ?? 0,
    version: row.version,
  }));
}

async function presentQueue(tx: ReadTx, account: string, id: string) {
  return found((await presentQueues(tx, account, [{}], id))[0]);
}
