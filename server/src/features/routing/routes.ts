import { randomUUID } from 'node:crypto';
import type { Scope } from '@samtal/contract/access';
import * as contract from '@samtal/contract/routing';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Database, type ReadTx, type Tx } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { found, Refusal, type HttpServer, type Member } from '../../platform/http/index.ts';
import { scopesOf, withinScopes } from '../access/index.ts';
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
    async ({ caller, body }) =>
      await changing(database, caller, async (tx) => {
        const id = randomUUID();
        await tx.sql
          .insertInto('queue')
          .values({ account_id: caller.accountId, id, ...columnsOf(body), name: body.name })
          .execute();
        await audit(tx, caller, 'queue-created', { id, fields: Object.keys(body) });
        return await presentQueue(tx, caller.accountId, id);
      }),
  );

  http.serve(
    contract.changeQueue,
    async ({ caller, params, body }) =>
      await changing(database, caller, async (tx) => {
        const changed = await tx.sql
          .updateTable('queue')
          .set(columnsOf(body))
          .where('account_id', '=', caller.accountId)
          .where('id', '=', params.queueId)
          .returning('id')
          .executeTakeFirst();
        const { id } = found(changed);
        await audit(tx, caller, 'queue-changed', { id, fields: Object.keys(body) });
        return await presentQueue(tx, caller.accountId, id);
      }),
  );

  http.serve(contract.deleteQueue, async ({ caller, params }) => {
    await database.transaction(caller.accountId, async (tx) => {
      const { accountId } = caller;
      const queue = found(
        await tx.sql
          .selectFrom('queue')
          .select('id')
          .where('account_id', '=', accountId)
          .where('id', '=', params.queueId)
          .forUpdate()
          .executeTakeFirst(),
      );
      if (await isUsed(tx, accountId, queue.id)) throw new Refusal('routing.queue-in-use');
      await tx.sql
        .deleteFrom('queue')
        .where('account_id', '=', accountId)
        .where('id', '=', queue.id)
        .execute();
      await audit(tx, caller, 'queue-deleted', { id: queue.id });
    });
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
        const { accountId: account, userId } = caller;
        await choosePresence(tx, account, userId, body.state);
        await recordAudit(tx, account, {
          action: 'routing.presence-set',
          actor: { kind: 'user', id: userId },
          details: { state: body.state },
        });
        tx.afterCommit(() => fanout.announce({ kind: 'lists', account, lists: ['presence'] }));
        const everyone = await presentPresence(tx, account);
        return found(everyone.find((agent) => agent.userId === userId));
      }),
  );
}

type QueueChanges = {
  name?: string;
  region?: string | null;
  team?: string | null;
  priority?: number;
  assignment?: 'offer' | 'assign';
  offerSeconds?: number;
};

function columnsOf({ offerSeconds, ...same }: QueueChanges) {
  return { ...same, ...(offerSeconds === undefined ? {} : { offer_seconds: offerSeconds }) };
}

async function changing<Result>(
  database: Database,
  caller: Member,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  try {
    return await database.transaction(caller.accountId, work);
  } catch (error) {
    if (isUniqueViolation(error, 'queue_name')) throw new Refusal('names.taken');
    throw error;
  }
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
    .where('account_id', '=', account)
    .where(
      withinScopes(scopes, { region: 'queue.region', team: 'queue.team', queue: 'queue.id', site: null }),
    )
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    region: row.region,
    team: row.team,
    priority: row.priority,
    assignment: row.assignment,
    offerSeconds: row.offer_seconds,
    waiting: row.waiting ?? 0,
  }));
}

async function presentQueue(tx: ReadTx, account: string, id: string) {
  return found((await presentQueues(tx, account, [{}], id))[0]);
}

async function isUsed(tx: ReadTx, account: string, queueId: string): Promise<boolean> {
  const site = await tx.sql
    .selectFrom('site')
    .select('id')
    .where('account_id', '=', account)
    .where('queue_id', '=', queueId)
    .executeTakeFirst();
  const conversation = await tx.sql
    .selectFrom('conversation')
    .select('id')
    .where('account_id', '=', account)
    .where('queue_id', '=', queueId)
    .where('state', '<>', 'resolved')
    .executeTakeFirst();
  return site !== undefined || conversation !== undefined;
}

async function audit(
  tx: Tx,
  caller: Member,
  what: string,
  { id, fields = [] }: { id: string; fields?: readonly string[] },
): Promise<void> {
  await recordAudit(tx, caller.accountId, {
    action: `routing.${what}`,
    actor: { kind: 'user', id: caller.userId },
    subject: { kind: 'queue', id },
    details: { fields },
  });
}
