import { sql } from 'kysely';
import type { ReadTx, Statement, Tx } from '../../platform/database/index.ts';
import { newToken, tokenHash } from '../../platform/tokens/index.ts';
import { readSignInDemands, strictestSetting } from '../settings/index.ts';

/*
 * Browsers in which people have signed in. One is told by a cookie that several people may share; what is known of it is that this
 * person came in there, and when they last showed a second factor. It proves nothing by itself. All of this is in the platform’s scope.
 */

const person = sql<string>`known_device.user_id`;
const lasts = sql<boolean>`(known_device.used_at
  > now() - make_interval(days => ${strictestSetting('signin.known-device-days', person)}))`;
const factorLasts = sql<boolean>`coalesce(known_device.second_factor_at
  > now() - make_interval(days => ${strictestSetting('signin.remembered-factor-days', person)}), false)`;

/** Whether the person with this address has signed in with this browser. Asked alike of addresses that nobody has. */
export async function isKnownTo(tx: ReadTx, email: string, browser: string | null): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('known_device')
    .innerJoin('identity', 'identity.id', 'known_device.user_id')
    .select('known_device.user_id')
    .where('identity.email_folded', '=', sql<string>`lower(${email})`)
    .where('known_device.token_hash', '=', tokenHash(browser ?? ''))
    .where(lasts)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a second factor that was shown in this browser makes up for one now: where every account of the person lets it. */
export async function remembersFactor(tx: ReadTx, userId: string, browser: string | null): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('known_device')
    .select('user_id')
    .where('user_id', '=', userId)
    .where('token_hash', '=', tokenHash(browser ?? ''))
    .where(lasts)
    .where(factorLasts)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Remembers that the person came in with this browser. `isNews`: they had signed in before, but never with this one, and want
 * to be told. Answers with the token that the browser is told by: its own, where the person is known in it. Anybody may have a
 * token and plant it in a browser of somebody else; so with the first who is not known there the browser gets another one, and is known by that
 * to all who were known there. What was copied of the former one is worth nothing.
 */
export async function rememberDevice(
  tx: Tx,
  userId: string,
  { browser, withFactor }: { browser: string | null; withFactor: boolean },
): Promise<{ browser: string; isNews: boolean }> {
  const { isFirst, isKnown } = await readHistory(tx, userId, browser);
  const own = browser !== null && isKnown ? browser : await anotherToken(tx, userId, browser);
  tx.send(noteDevice, [userId, tokenHash(own), withFactor]);
  const isNews = !isFirst && !isKnown && (await readSignInDemands(tx, userId)).newDeviceMail;
  return { browser: own, isNews };
}

const noteDevice: Statement = {
  name: 'signin-note-device',
  text: `insert into known_device (user_id, token_hash, second_factor_at) values ($1, $2, case when $3::boolean then now() end)
    on conflict (user_id, token_hash) do update
      set used_at = now(), second_factor_at = coalesce(excluded.second_factor_at, known_device.second_factor_at)`,
};

/** Another token for the same browser, by which all others are known there who were before. */
async function anotherToken(tx: Tx, userId: string, browser: string | null): Promise<string> {
  const token = newToken();
  if (browser === null) return token;
  const former = tokenHash(browser);
  // One by which the person has not been known for long: nor is the factor that was shown then.
  await tx.sql
    .deleteFrom('known_device')
    .where('user_id', '=', userId)
    .where('token_hash', '=', former)
    .execute();
  await tx.sql
    .updateTable('known_device')
    .set({ token_hash: tokenHash(token) })
    .where('token_hash', '=', former)
    .execute();
  return token;
}

async function readHistory(
  tx: ReadTx,
  userId: string,
  browser: string | null,
): Promise<{ isFirst: boolean; isKnown: boolean }> {
  const { rows } = await sql<{ isFirst: boolean; isKnown: boolean }>`
    select not exists (select from membership where user_id = ${userId} and last_sign_in_at is not null) as "isFirst",
      exists (select from known_device where user_id = ${userId} and token_hash = ${tokenHash(browser ?? '')} and ${lasts})
        as "isKnown"`.execute(tx.sql);
  return rows[0] ?? { isFirst: true, isKnown: false };
}

/** Knows none of the person’s browsers any more, but one if that is named: somebody else may have known the password. */
export async function forgetDevices(tx: Tx, userId: string, except: string | null = null): Promise<void> {
  await tx.sql
    .deleteFrom('known_device')
    .where('user_id', '=', userId)
    .where('token_hash', '<>', tokenHash(except ?? ''))
    .execute();
}

/** No second factor that was shown before counts any more: there is another one, or one less. */
export async function forgetShownFactors(tx: Tx, userId: string): Promise<void> {
  await tx.sql
    .updateTable('known_device')
    .set({ second_factor_at: null })
    .where('user_id', '=', userId)
    .execute();
}

/** Those in which nobody has signed in for long. */
export async function forgetOldDevices(tx: Tx): Promise<void> {
  await tx.sql
    .deleteFrom('known_device')
    .where(sql<boolean>`not ${lasts}`)
    .execute();
}
