import { randomUUID } from 'node:crypto';
import type { Authorisation, Scope } from '@samtal/contract/access';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { Member } from '../../platform/http/index.ts';
import { granted, refuseUnlessPassable } from '../access/index.ts';
import { readHeld } from './read-held.ts';
import { couldVouchFor } from './who-decided.ts';

/*
 * Whom the account’s directory made (B6) has an address and no name at any provider yet: the first one who comes with the address
 * is them. That happens once, and not where those who decided that the provider is believed could not give what they hold (B1).
 */

/** Makes somebody who comes a user whom the directory made and nobody has come as before. In the account’s scope. */
export async function claimDirectoryUser(
  tx: Tx,
  {
    accountId,
    providerId,
    userId,
    subject,
    domain,
    hasVerifiedEmail,
  }: {
    accountId: string;
    providerId: string;
    userId: string;
    subject: string;
    domain: string;
    hasVerifiedEmail: boolean;
  },
): Promise<{ userId: string } | 'not-linked' | 'email-unverified'> {
  const waiting = await tx.sql
    .selectFrom('provisioned_user')
    .select('user_id')
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('made', '=', true)
    .where('claimed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (waiting === undefined) return 'not-linked';
  // The address is all that says who it is, and at some providers people write theirs themselves.
  if (!hasVerifiedEmail) return 'email-unverified';
  const grants = await readHeld(tx, accountId, userId);
  if (!(await couldVouchFor(tx, { accountId, id: providerId }, { domain, userId, grants })))
    return await refuseClaim(tx, { accountId, providerId, userId });
  await settleDirectoryUser(tx, { accountId, userId });
  await tx.sql
    .insertInto('federated_user')
    .values({ account_id: accountId, provider_id: providerId, user_id: userId, subject })
    .execute();
  await recordAudit(tx, accountId, {
    action: 'federation.user-linked',
    actor: { kind: 'system' },
    subject: { kind: 'user', id: userId },
    details: { provider: providerId },
  });
  return { userId };
}

/** An administrator has to decide: they are told by mail (`tellOfRefusedClaims`). */
export async function refuseClaim(
  tx: Tx,
  { accountId, providerId, userId }: { accountId: string; providerId: string; userId: string },
): Promise<'not-linked'> {
  await tx.sql
    .updateTable('provisioned_user')
    .set({ refused_at: sql<Date>`now()`, refused_provider: providerId })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
  await recordAudit(tx, accountId, {
    action: 'federation.claim-refused',
    actor: { kind: 'unknown' },
    subject: { kind: 'user', id: userId },
    details: { provider: providerId },
  });
  return 'not-linked';
}

/** From now on nobody comes as this user by their address alone: an administrator decides. Nothing for whom no directory made. */
export async function settleDirectoryUser(
  tx: Tx,
  { accountId, userId }: { accountId: string; userId: string },
): Promise<void> {
  await tx.sql
    .updateTable('provisioned_user')
    .set({ claimed_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('claimed_at', 'is', null)
    .execute();
}

/**
 * Whoever decides who vouches for a domain could come as anybody there whom the directory made: so nobody does where one of them
 * holds more. Refuses with access.exceeds-own.
 */
export async function refuseUnlessTrustedWithDirectory(
  tx: Tx,
  caller: Member,
  domains: readonly string[],
): Promise<void> {
  const { rows } = await sql<{ isCaller: boolean; roleId: string; scope: Scope; allows: Authorisation[] }>`
    select distinct g.user_id = ${caller.personId} as "isCaller", g.role_id as "roleId", g.scope,
      array(select authorisation from role_allows a
        where a.account_id = g.account_id and a.role_id = g.role_id order by authorisation) as allows
    from provisioned_user p
    join membership m on m.account_id = p.account_id and m.user_id = p.user_id
    join role_grant g on g.account_id = p.account_id and g.user_id = p.user_id
    where p.account_id = ${caller.accountId} and p.made
      and lower(regexp_replace(m.email, '^.*@', '')) = any(${domains.map((domain) => domain.toLowerCase())}::text[])
  `.execute(tx.sql);
  const grantsOf = (isCaller: boolean) => rows.filter((row) => row.isCaller === isCaller).map(granted);
  await refuseUnlessPassable(tx, caller, { receiverId: caller.personId, grants: grantsOf(true) });
  await refuseUnlessPassable(tx, caller, { receiverId: randomUUID(), grants: grantsOf(false) });
}
