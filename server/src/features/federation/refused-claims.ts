import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { couldStillPass, membersHolding } from '../access/index.ts';
import { readHeld } from './read-held.ts';

/** Of one user it is told once a day at most, however often somebody tries. */
const pause = sql<Date>`interval '1 day'`;

/** Tells people by mail. */
interface ClaimMail {
  /** Whether mail can be sent at all. */
  isPossible(): Promise<boolean>;
  /** Whether it was sent. */
  send(to: string, values: { account: string; person: string; provider: string }): Promise<boolean>;
}

export interface ClaimWatch {
  readonly database: Database;
  readonly claimMail: ClaimMail;
}

/** Tells who manages users, and could link them, of users whom a provider vouched for and who were not let in (`refuseClaim`). */
export async function tellOfRefusedClaims({ database, claimMail }: ClaimWatch): Promise<void> {
  const accounts = await database.read('platform', (tx) =>
    tx.sql
      .selectFrom('account')
      .select(['id', 'name'])
      .where('status', '=', 'active')
      .where(sql<boolean>`exists (select from identity_provider where account_id = account.id and active)`)
      .execute(),
  );
  for (const { id, name: account } of accounts) {
    const refused = await database.read(id, async (tx) => await readRefused(tx, id));
    if (refused.length === 0 || !(await claimMail.isPossible())) continue;
    for (const { userId, person, provider, told } of refused) {
      let isTold = false;
      for (const to of told) isTold = (await claimMail.send(to, { account, person, provider })) || isTold;
      if (isTold) await note(database, id, userId);
    }
  }
}

async function readRefused(tx: ReadTx, account: string) {
  const rows = await tx.sql
    .selectFrom('provisioned_user as u')
    .innerJoin('membership as m', (join) =>
      join.onRef('m.account_id', '=', 'u.account_id').onRef('m.user_id', '=', 'u.user_id'),
    )
    .innerJoin('identity_provider as p', (join) =>
      join.onRef('p.account_id', '=', 'u.account_id').onRef('p.id', '=', 'u.refused_provider'),
    )
    .select(['u.user_id as userId', 'm.name as person', 'p.name as provider'])
    .where('u.account_id', '=', account)
    .where(sql<boolean>`u.refused_at > coalesce(u.told_at + ${pause}, '-infinity')`)
    .execute();
  return await Promise.all(
    rows.map(async (row) => ({ ...row, told: await readTold(tx, account, row.userId) })),
  );
}

/** Addresses of the active users who manage users and could decide over this one. */
async function readTold(tx: ReadTx, account: string, userId: string): Promise<string[]> {
  const managing = [...(await membersHolding(tx, account, 'users.manage')).keys()];
  const grants = await readHeld(tx, account, userId);
  const told: string[] = [];
  for (const giverId of managing) {
    if (giverId === userId) continue;
    if (!(await couldStillPass(tx, account, { giverId, receiverId: userId, grants }))) continue;
    const { email } = await tx.sql
      .selectFrom('membership')
      .select('email')
      .where('account_id', '=', account)
      .where('user_id', '=', giverId)
      .executeTakeFirstOrThrow();
    told.push(email);
  }
  return told;
}

async function note(database: Database, account: string, userId: string): Promise<void> {
  await database.transaction(account, async (tx) => {
    await tx.sql
      .updateTable('provisioned_user')
      .set({ told_at: sql<Date>`now()` })
      .where('account_id', '=', account)
      .where('user_id', '=', userId)
      .execute();
    await recordAudit(tx, account, {
      action: 'federation.claim-notice',
      actor: { kind: 'system' },
      subject: { kind: 'user', id: userId },
    });
  });
}
