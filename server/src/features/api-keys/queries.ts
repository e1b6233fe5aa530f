import type { Authorisation, Scope } from '@samtal/contract/access';
import type { ApiKey, KeyGrant } from '@samtal/contract/api-keys';
import { sql } from 'kysely';
import type { ReadTx, Statement, Tx } from '../../platform/database/index.ts';

/** A secret of a key, and how the key stands. */
export interface ProvingRow {
  readonly accountId: string;
  readonly keyId: string;
  readonly secretId: string;
  readonly name: string;
  readonly ownerId: string | null;
  readonly hash: Buffer;
  readonly expired: boolean;
  readonly revoked: boolean;
  readonly rotated: boolean;
  readonly usedToday: boolean;
  readonly narrowed: readonly Authorisation[] | null;
}

const standing = `
  k.account_id as "accountId", k.id as "keyId", s.id as "secretId", k.name, k.owner_id as "ownerId", s.hash,
  k.expires_at <= now() as expired, k.revoked_at is not null as revoked,
  coalesce(s.ends_at <= now(), false) as rotated,
  k.last_used_on is not distinct from (now() at time zone 'UTC')::date as "usedToday"`;

const secretsOfKey: Statement = {
  name: 'api-keys-secrets-of-key',
  text: `select ${standing}, null::text[] as narrowed
    from api_key k join api_key_secret s on s.account_id = k.account_id and s.key_id = k.id
    where k.id = $1`,
};

/** In the platform’s scope: whose account it is, the key says. */
export async function readSecretsOfKey(tx: ReadTx, keyId: string): Promise<ProvingRow[]> {
  return await tx.run<ProvingRow>(secretsOfKey, [keyId]);
}

const token: Statement = {
  name: 'api-keys-token',
  text: `select ${standing}, t.authorisations as narrowed
    from api_token t
    join api_key_secret s on s.account_id = t.account_id and s.id = t.secret_id
    join api_key k on k.account_id = s.account_id and k.id = s.key_id
    where t.token_hash = $1 and t.expires_at > now()`,
};

/** In the platform’s scope. */
export async function readToken(tx: ReadTx, hash: Buffer): Promise<ProvingRow | null> {
  const [row] = await tx.run<ProvingRow>(token, [hash]);
  return row ?? null;
}

/** What a key is given, with what the roles allow. */
export async function readKeyGrants(
  tx: ReadTx,
  accountId: string,
  keyId: string,
): Promise<{ scope: Scope; allows: Authorisation[] }[]> {
  const { rows } = await sql<{ scope: Scope; allows: Authorisation[] }>`
    select g.scope, array(select authorisation from role_allows a
      where a.account_id = g.account_id and a.role_id = g.role_id) as allows
    from api_key_grant g where g.account_id = ${accountId} and g.key_id = ${keyId}`.execute(tx.sql);
  return rows;
}

/** Writes down the day of use, once a day. */
export async function noteUse(tx: Tx, accountId: string, keyId: string): Promise<void> {
  const today = sql<string>`(now() at time zone 'UTC')::date`;
  await tx.sql
    .updateTable('api_key')
    .set({ last_used_on: today })
    .where('account_id', '=', accountId)
    .where('id', '=', keyId)
    .where('last_used_on', 'is distinct from', today)
    .execute();
}

/** Whether a refusal of this key is to be recorded now: once an hour, however many there are. */
export async function claimRefusal(tx: Tx, accountId: string, keyId: string): Promise<boolean> {
  const rows = await tx.sql
    .updateTable('api_key')
    .set({ refusal_recorded_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', keyId)
    .where((eb) =>
      eb.or([
        eb('refusal_recorded_at', 'is', null),
        eb('refusal_recorded_at', '<', sql<Date>`now() - interval '1 hour'`),
      ]),
    )
    .returning('id')
    .execute();
  return rows.length > 0;
}

/** A key as it is listed. */
export interface StoredKey {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly state: ApiKey['state'];
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedOn: string | null;
  readonly grants: readonly KeyGrant[];
  readonly secrets: readonly { readonly createdAt: string; readonly endsAt: string | null }[];
}

/** The keys of the account, the newest first; or the one that is named. */
export async function readKeys(
  tx: ReadTx,
  accountId: string,
  keyId: string | null = null,
): Promise<StoredKey[]> {
  const { rows } = await sql<StoredKey>`
    select k.id, k.name, k.purpose, k.owner_id as "ownerId", m.name as "ownerName",
      k.created_at as "createdAt", k.expires_at as "expiresAt",
      to_char(k.last_used_on, 'YYYY-MM-DD') as "lastUsedOn",
      case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired'
        when m.status is distinct from 'active' then 'owner-away' else 'active' end as state,
      coalesce((select jsonb_agg(jsonb_build_object('roleId', g.role_id, 'scope', g.scope) order by g.role_id, g.scope)
        from api_key_grant g where g.account_id = k.account_id and g.key_id = k.id), '[]') as grants,
      coalesce((select jsonb_agg(jsonb_build_object('createdAt', s.created_at, 'endsAt', s.ends_at)
          order by s.created_at desc)
        from api_key_secret s where s.account_id = k.account_id and s.key_id = k.id
          and (s.ends_at is null or s.ends_at > now())), '[]') as secrets
    from api_key k
    left join membership m on m.account_id = k.account_id and m.user_id = k.owner_id
    where k.account_id = ${accountId} and (${keyId}::uuid is null or k.id = ${keyId}::uuid)
    order by k.created_at desc, k.id`.execute(tx.sql);
  return rows;
}

/** How many secrets that work have been the same since then. */
export async function countSecretsFrom(tx: ReadTx, accountId: string, before: Date): Promise<number> {
  const { count } = await tx.sql
    .selectFrom('api_key_secret as s')
    .innerJoin('api_key as k', (join) =>
      join.onRef('k.account_id', '=', 's.account_id').onRef('k.id', '=', 's.key_id'),
    )
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('s.account_id', '=', accountId)
    .where('s.created_at', '<', before)
    .where('s.ends_at', 'is', null)
    .where('k.revoked_at', 'is', null)
    .where('k.expires_at', '>', sql<Date>`now()`)
    .executeTakeFirstOrThrow();
  return Number(count);
}
