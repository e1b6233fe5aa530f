import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx, Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { lockAccess } from '../access/index.ts';
import { readSettings } from '../settings/index.ts';
import { changeUser } from './change-user.ts';
import type { BeforeLeaving } from './leaving.ts';

/*
 * Users who stay away (B5). The time counts in whole days, UTC, from the last day on which somebody signed in or worked in the
 * account, or from when they became active if that is later.
 *
 *   active ── a week before, by mail ──▶ warned ── N days ──▶ inactive ── an administrator ──▶ active
 *                                           └── N days, but needed ──▶ kept
 */

/** So many days before, people are told; where the whole time is short, when half of it is over. */
const warnedBeforeDays = 7;

/** Tells people by mail. */
export interface UnusedMail {
  /** Whether mail can be sent at all. */
  isPossible(): Promise<boolean>;
  /** Whether it was sent. */
  send(to: string, values: { account: string; day: string }): Promise<boolean>;
}

export interface UnusedParts {
  readonly database: Database;
  readonly beforeLeaving: BeforeLeaving;
  readonly mail: UnusedMail;
}

interface Unused {
  readonly userId: string;
  readonly email: string;
  readonly notice: 'warned' | 'kept' | null;
  /** The day on which somebody becomes inactive, in UTC. */
  readonly day: string;
  /** Whether a key of theirs has been at work meanwhile: it would be dead with its owner. */
  readonly hasKeyAtWork: boolean;
}

/**
 * Makes inactive who has been away for longer than their account says, and warns whoever will be. Done by one node at a time; each
 * user in a transaction of their own. What fails in one account is told when all others have been seen to.
 */
export async function tendUnusedUsers(parts: UnusedParts): Promise<void> {
  const errors: unknown[] = [];
  for (const account of await accountsWithUsers(parts.database)) {
    try {
      await tendAccount(parts, account);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0)
    throw new AggregateError(errors, 'Unused users could not be seen to in some accounts');
}

async function accountsWithUsers(database: Database): Promise<{ id: string; name: string }[]> {
  return await database.read('platform', (tx) =>
    tx.sql.selectFrom('account').select(['id', 'name']).where('status', '=', 'active').execute(),
  );
}

async function tendAccount(
  parts: UnusedParts,
  { id: account, name }: { id: string; name: string },
): Promise<void> {
  const { database, mail } = parts;
  const { days, over, soon } = await database.read(account, async (tx) => {
    const { 'users.inactive-after-days': days, 'signin.break-glass-users': named } = await readSettings(
      tx,
      account,
    );
    if (days === null) return { days: 0, over: [], soon: [] };
    const warnedAfter = days - Math.min(warnedBeforeDays, Math.floor(days / 2));
    // Whoever is there for an emergency is meant to stay away until there is one (C4).
    const all = (await readUnused(tx, account, { days, awayForDays: warnedAfter })).filter(
      ({ userId }) => !named.includes(userId),
    );
    const [today = ''] = (
      await sql<{ day: string }>`select to_char(now() at time zone 'UTC', 'YYYY-MM-DD') as day`.execute(
        tx.sql,
      )
    ).rows.map((row) => row.day);
    return { days, over: all.filter(({ day }) => day <= today), soon: all.filter(({ day }) => day > today) };
  });
  for (const { userId } of over) await endUnused(parts, account, { userId, days });
  const toWarn = soon.filter(({ notice, hasKeyAtWork }) => notice === null && !hasKeyAtWork);
  if (toWarn.length === 0 || !(await mail.isPossible())) return;
  for (const { userId, email, day } of toWarn)
    if (await mail.send(email, { account: name, day })) await noteWarned(database, account, userId);
}

/** Active users of whom nothing was seen for so many days, those who were there last at the end. */
async function readUnused(
  tx: ReadTx,
  account: string,
  { days, awayForDays, userId = null }: { days: number; awayForDays: number; userId?: string | null },
): Promise<Unused[]> {
  const { rows } = await sql<Unused>`
    select away.user_id as "userId", away.email, away.unused_notice as notice,
      to_char(away.since + ${days + 1}::integer, 'YYYY-MM-DD') as day,
      exists (select from api_key
        where api_key.account_id = away.account_id and api_key.owner_id = away.user_id and api_key.revoked_at is null
          and api_key.expires_at > now() and api_key.last_used_on >= away.today - ${days}::integer) as "hasKeyAtWork"
    from (
      select account_id, user_id, email, unused_notice, (now() at time zone 'UTC')::date as today,
        greatest(last_active_on, (active_since at time zone 'UTC')::date) as since
      from membership
      where account_id = ${account} and status = 'active' and user_id = coalesce(${userId}::uuid, user_id)) away
    where away.since < away.today - ${awayForDays}::integer
    order by away.since, away.user_id`.execute(tx.sql);
  return rows;
}

/** Judged again with access locked: somebody may have come meanwhile, or another administrator left. */
async function endUnused(
  { database, beforeLeaving }: UnusedParts,
  account: string,
  { userId, days }: { userId: string; days: number },
): Promise<void> {
  const kept = await database
    .transaction(account, async (tx) => {
      await lockAccess(tx, account);
      const [unused] = await readUnused(tx, account, { days, awayForDays: days, userId });
      if (unused === undefined) return null;
      if (unused.hasKeyAtWork) return 'api-key';
      await changeUser(tx, account, {
        giver: 'system',
        userId,
        changes: { status: 'inactive' },
        because: 'unused',
        details: { rule: 'users.inactive-after-days', days },
        beforeLeaving,
      });
      return null;
    })
    .catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'access.last-administrator') return 'last-administrator';
      throw error;
    });
  if (kept !== null)
    await database.transaction(account, (tx) => noteKept(tx, account, { userId, kept, days }));
}

/** Once, and not each night. */
async function noteKept(
  tx: Tx,
  account: string,
  { userId, kept, days }: { userId: string; kept: string; days: number },
): Promise<void> {
  const noted = await tx.sql
    .updateTable('membership')
    .set({ unused_notice: 'kept' })
    .where('account_id', '=', account)
    .where('user_id', '=', userId)
    .where('status', '=', 'active')
    .where('unused_notice', 'is distinct from', 'kept')
    .returning('user_id')
    .executeTakeFirst();
  if (noted === undefined) return;
  await recordAudit(tx, account, {
    action: 'users.unused-kept',
    actor: { kind: 'system' },
    subject: { kind: 'user', id: userId },
    details: { because: kept, rule: 'users.inactive-after-days', days },
  });
}

async function noteWarned(database: Database, account: string, userId: string): Promise<void> {
  await database.transaction(account, async (tx) => {
    const noted = await tx.sql
      .updateTable('membership')
      .set({ unused_notice: 'warned' })
      .where('account_id', '=', account)
      .where('user_id', '=', userId)
      .where('status', '=', 'active')
      .where('unused_notice', 'is', null)
      .returning('user_id')
      .executeTakeFirst();
    if (noted === undefined) return;
    await recordAudit(tx, account, {
      action: 'users.unused-warned',
      actor: { kind: 'system' },
      subject: { kind: 'user', id: userId },
    });
  });
}
