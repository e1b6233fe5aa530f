import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import { readPasswordMinLength, readSettings } from '../settings/index.ts';
import { tokenHash } from '../../platform/tokens/index.ts';

export interface Identity {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
}

const columns = ['id', 'email', 'name', 'password_hash as passwordHash'] as const;

/** In the platform’s scope, like everything about identities. */
export async function readIdentityByEmail(tx: ReadTx, email: string): Promise<Identity | null> {
  const row = await tx.sql
    .selectFrom('identity')
    .select(columns)
    .where('email_folded', '=', sql<string>`lower(${email})`)
    .executeTakeFirst();
  return row ?? null;
}

export async function readIdentity(tx: ReadTx, userId: string): Promise<Identity | null> {
  return (
    (await tx.sql.selectFrom('identity').select(columns).where('id', '=', userId).executeTakeFirst()) ?? null
  );
}

/** Names of all accounts that the person belongs to, whatever the state. */
export async function readAccountNames(tx: ReadTx, userId: string): Promise<string[]> {
  const rows = await tx.sql
    .selectFrom('membership as m')
    .innerJoin('account', 'account.id', 'm.account_id')
    .select('account.name')
    .where('m.user_id', '=', userId)
    .execute();
  return rows.map(({ name }) => name);
}

/** How long a new password of this person must be, with the account that they are about to join. */
export async function readMinLength(tx: ReadTx, userId: string, joining: string | null): Promise<number> {
  const ofPerson = await readPasswordMinLength(tx, userId);
  const ofJoined = joining === null ? null : (await readSettings(tx, joining))['signin.password-min-length'];
  return Math.max(ofPerson, ofJoined ?? 0);
}

export interface OpenInvitation {
  readonly accountId: string;
  readonly accountName: string;
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly expiresAt: Date;
  readonly passwordHash: string | null;
}

/** The invitation that this token opens, if it still does. */
export async function readInvitation(tx: ReadTx, token: string): Promise<OpenInvitation | null> {
  const row = await tx.sql
    .selectFrom('invitation as i')
    .innerJoin('membership as m', (join) =>
      join.onRef('m.account_id', '=', 'i.account_id').onRef('m.user_id', '=', 'i.user_id'),
    )
    .innerJoin('account', 'account.id', 'i.account_id')
    .innerJoin('identity', 'identity.id', 'i.user_id')
    .select([
      'i.account_id as accountId',
      'account.name as accountName',
      'i.user_id as userId',
      'm.email',
      'm.name',
      'i.expires_at as expiresAt',
      'identity.password_hash as passwordHash',
    ])
    .where('i.token_hash', '=', tokenHash(token))
    .where('i.expires_at', '>', sql<Date>`now()`)
    .where('m.status', '<>', 'inactive')
    .where('account.status', '=', 'active')
    .executeTakeFirst();
  return row ?? null;
}
