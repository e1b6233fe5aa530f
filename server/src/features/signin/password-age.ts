import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { strictestSetting } from '../settings/index.ts';
import type { PasswordDoor } from './prove-password.ts';

/*
 * How old a password may become, how old it must be, and which cannot be taken again (C1): of all accounts of a person the
 * strictest, looked up whenever it is judged (decision 0014). All of this is in the platform’s scope.
 */

const person = sql<string>`identity.id`;
const maxDays = strictestSetting('signin.password-max-age-days', person);
const minDays = strictestSetting('signin.password-min-age-days', person);
const chosenAt = sql<Date>`coalesce(identity.password_changed_at, identity.created_at)`;
const expired = sql<boolean>`coalesce(${chosenAt} + make_interval(days => ${maxDays}) <= now(), false)`;

/** Whether the person has a password that has to be replaced on the way in. */
export async function hasExpiredPassword(tx: ReadTx, userId: string): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('identity')
    .select(expired.as('expired'))
    .where('id', '=', userId)
    .where('password_hash', 'is not', null)
    .executeTakeFirst();
  return row?.expired ?? false;
}

/**
 * Refuses with signin.password-too-new a change that comes too soon. A password that somebody else chose, and one that has
 * expired, can be changed at any time.
 */
export async function refuseTooNew(tx: ReadTx, userId: string): Promise<void> {
  const row = await tx.sql
    .selectFrom('identity')
    .select(
      sql<number>`ceil(extract(epoch from ${chosenAt} + make_interval(days => ${minDays}) - now()))::int`.as(
        'waitS',
      ),
    )
    .where('id', '=', userId)
    .where('password_given', '=', false)
    .where(sql<boolean>`not ${expired}`)
    .executeTakeFirst();
  if (row !== undefined && row.waitS > 0)
    throw new Refusal('signin.password-too-new', { retryAfterS: row.waitS });
}

/**
 * Refuses with signin.password-used the present password, and as many before it as an account says. It is compared with
 * each of them, so that the time taken does not tell which one it was. NOTE: only for somebody who has shown already that they
 * may change it: to anybody else the answer would tell what the password is.
 */
export async function refuseUsedPassword(
  { database, passwords }: Pick<PasswordDoor, 'database' | 'passwords'>,
  userId: string,
  password: string,
): Promise<void> {
  let isUsed = false;
  for (const hash of await database.read('platform', (tx) => readUsed(tx, userId)))
    if (await passwords.verify(password, hash)) isUsed = true;
  if (isUsed) throw new Refusal('signin.password-used');
}

async function readUsed(tx: ReadTx, userId: string): Promise<string[]> {
  const { rows } = await sql<{ hash: string }>`
    select password_hash as hash from identity where id = ${userId} and password_hash is not null
    union all
    (select hash from former_password where user_id = ${userId}
      order by replaced_at desc limit ${strictestSetting('signin.password-history', sql`${userId}::uuid`)})`.execute(
    tx.sql,
  );
  return rows.map(({ hash }) => hash);
}

/** Keeps the hash of a password that is replaced now, where an account says so, and no more than it says. */
export async function rememberPassword(tx: Tx, userId: string, hash: string): Promise<void> {
  await tx.sql
    .insertInto('former_password')
    .values({ user_id: userId, hash, replaced_at: sql<Date>`clock_timestamp()` })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await forgetFormerPasswords(tx, userId);
}

/** Deletes former passwords beyond what the accounts of their people say; of one person, or of everybody. */
export async function forgetFormerPasswords(tx: Tx, userId: string | null): Promise<void> {
  const kept = strictestSetting('signin.password-history', sql`former.user_id`);
  await sql`
    delete from former_password using (
      select user_id, hash, row_number() over (partition by user_id order by replaced_at desc) as place
      from former_password where user_id = coalesce(${userId}::uuid, user_id)
    ) former
    where former_password.user_id = former.user_id and former_password.hash = former.hash
      and former.place > ${kept}`.execute(tx.sql);
}
