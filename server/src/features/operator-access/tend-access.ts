import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx, Tx } from '../../platform/database/index.ts';
import { membersHolding } from '../access/index.ts';
import { readSettings } from '../settings/index.ts';
import { endSessions } from '../signin/index.ts';

export interface TendingParts {
  readonly database: Database;
  /** Tells somebody by mail that an operator asks for access. Nothing else is in it. */
  readonly tell: (email: string, accountName: string) => void;
  readonly sessionsEnded: (sessionIds: readonly string[]) => void;
}

/** What has become due: requests are told of, or lapse; accesses end; old ones are forgotten. */
export async function tendOperatorAccess(parts: TendingParts): Promise<void> {
  const { database, tell, sessionsEnded } = parts;
  const told = await database.transaction('platform', async (tx) => await tellOfRequests(tx));
  for (const { email, accountName } of told) tell(email, accountName);
  const ended = await database.transaction('platform', async (tx) => [
    ...(await lapse(tx)),
    ...(await endByTime(tx)),
  ]);
  sessionsEnded(ended);
  await database.transaction('platform', forgetOld);
}

async function tellOfRequests(tx: Tx): Promise<{ email: string; accountName: string }[]> {
  const { rows } = await sql<{ accountId: string; accountName: string }>`
    update operator_access a set told_at = now() from account
    where account.id = a.account_id and a.state = 'requested' and a.told_at is null and a.lapses_at > now()
    returning account.id as "accountId", account.name as "accountName"`.execute(tx.sql);
  const accounts = new Map(rows.map(({ accountId, accountName }) => [accountId, accountName]));
  const told = [];
  for (const [accountId, accountName] of accounts)
    for (const email of await readApprovers(tx, accountId)) told.push({ email, accountName });
  return told;
}

async function readApprovers(tx: ReadTx, accountId: string): Promise<string[]> {
  const holders = [...(await membersHolding(tx, accountId, 'operators.admit')).keys()];
  if (holders.length === 0) return [];
  const rows = await tx.sql
    .selectFrom('membership')
    .select('email')
    .where('account_id', '=', accountId)
    .where('status', '=', 'active')
    .where('user_id', 'in', holders)
    .execute();
  return rows.map(({ email }) => email);
}

async function lapse(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ id: string; accountId: string }>`
    update operator_access set state = 'lapsed'
    where state = 'requested' and lapses_at <= now()
    returning id, account_id as "accountId"`.execute(tx.sql);
  for (const { id, accountId } of rows) {
    await recordAudit(tx, accountId, {
      action: 'operator-access.lapsed',
      actor: { kind: 'system' },
      subject: { kind: 'operator-access', id },
    });
  }
  return [];
}

/** Nothing was possible any more from the instant on; this writes it down, and takes away what is left. */
async function endByTime(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ id: string; accountId: string }>`
    update operator_access
    set state = 'ended', ended_at = ends_at, ended_by = 'time', token_hash = null, token_expires_at = null
    where state = 'approved' and ends_at <= now()
    returning id, account_id as "accountId"`.execute(tx.sql);
  const sessions = [];
  for (const { id, accountId } of rows) {
    sessions.push(...(await endSessions(tx, { userId: id })));
    await recordAudit(tx, accountId, {
      action: 'operator-access.ended',
      actor: { kind: 'system' },
      subject: { kind: 'operator-access', id },
      details: { because: 'time' },
    });
  }
  return sessions;
}

/** As long as the audit trail tells of it, and no longer. */
async function forgetOld(tx: Tx): Promise<void> {
  const { rows } = await sql<{ accountId: string }>`
    select distinct account_id as "accountId" from operator_access
    where state not in ('requested', 'approved') and requested_at < now() - interval '30 days'`.execute(
    tx.sql,
  );
  for (const { accountId } of rows) {
    const days = (await readSettings(tx, accountId))['retention.audit-days'];
    await tx.sql
      .deleteFrom('operator_access')
      .where('account_id', '=', accountId)
      .where('state', 'not in', ['requested', 'approved'])
      .where(sql<boolean>`coalesce(ended_at, decided_at, lapses_at) < now() - make_interval(days => ${days})`)
      .execute();
  }
}
