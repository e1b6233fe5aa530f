import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { lockUser, readUser, recordUserVersion } from '../users/index.ts';
import { couldStillPass } from '../access/index.ts';
import { claimDirectoryUser, refuseClaim } from './directory-users.ts';
import { giveGroupRoles } from './give-group-roles.ts';
import type { VouchedPerson } from './judge-assertion.ts';
import type { StoredProvider } from './queries.ts';
import { readHeld } from './read-held.ts';
import { couldVouchFor } from './who-decided.ts';

/** Why somebody whom a provider vouches for is not let in. */
export type NotAdmitted = 'domain' | 'unknown' | 'not-linked' | 'inactive' | 'email-unverified';

interface Coming {
  readonly vouched: VouchedPerson;
  /** Of their address, in small letters; it was verified that it is the account’s. */
  readonly domain: string;
}

/**
 * The user whom a provider vouches for: known by the name that they have there, and by nothing else. Somebody new becomes
 * a user where the provider may bring people along, and never somebody who is there already: that takes an administrator,
 * who links the two. In the account’s scope.
 */
export async function admitVouched(
  tx: Tx,
  provider: StoredProvider,
  vouched: VouchedPerson,
): Promise<{ userId: string } | NotAdmitted> {
  const domain = vouched.email.slice(vouched.email.lastIndexOf('@') + 1).toLowerCase();
  if (!/^[^\s@]+@[^\s@]+$/.test(vouched.email) || !provider.verifiedDomains.includes(domain)) return 'domain';
  // One at a time: whoever comes twice at once is one.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${provider.id} ${vouched.subject}`}, 7318016))`.execute(
    tx.sql,
  );
  const userId =
    (await knownUser(tx, provider, vouched)) ??
    (await linkedUser(tx, provider, { vouched, domain })) ??
    (await newUser(tx, provider, { vouched, domain }));
  if (typeof userId !== 'object') return userId;
  const user = found(await lockUser(tx, provider.accountId, userId.userId));
  if (user.status === 'inactive') return 'inactive';
  if (user.status === 'invited') await activate(tx, provider.accountId, user);
  await giveGroupRoles(tx, provider, { userId: user.id, groups: vouched.groups });
  return userId;
}

async function knownUser(tx: Tx, { accountId, id }: StoredProvider, { subject }: VouchedPerson) {
  const row = await tx.sql
    .selectFrom('federated_user')
    .select('user_id as userId')
    .where('account_id', '=', accountId)
    .where('provider_id', '=', id)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Somebody whom an administrator has linked by their address, and who comes for the first time. Not by an address that the provider
 * does not stand by, which somebody may have chosen themselves; nor where both who linked them and who decided about the provider
 * could not give what they hold by now (B1).
 */
async function linkedUser(
  tx: Tx,
  { accountId, id }: StoredProvider,
  { vouched: { subject, email, hasVerifiedEmail }, domain }: Coming,
): Promise<{ userId: string } | NotAdmitted | null> {
  const waiting = await tx.sql
    .selectFrom('federated_user as f')
    .innerJoin('membership as m', (join) =>
      join.onRef('m.account_id', '=', 'f.account_id').onRef('m.user_id', '=', 'f.user_id'),
    )
    .select(['f.user_id as userId', 'f.linked_by as linkedBy'])
    .where('f.account_id', '=', accountId)
    .where('f.provider_id', '=', id)
    .where('f.subject', 'is', null)
    .where(sql<boolean>`lower(m.email) = lower(${email})`)
    .forUpdate('f')
    .execute();
  const [link, ...others] = waiting;
  if (link === undefined || others.length > 0) return null;
  if (!hasVerifiedEmail) return 'email-unverified';
  const { userId, linkedBy } = link;
  const grants = await readHeld(tx, accountId, userId);
  const isStoodBy =
    (linkedBy !== null &&
      (await couldStillPass(tx, accountId, { giverId: linkedBy, receiverId: userId, grants }))) ||
    (await couldVouchFor(tx, { accountId, id }, { domain, userId, grants }));
  if (!isStoodBy) return await refuseClaim(tx, { accountId, providerId: id, userId });
  await tx.sql
    .updateTable('federated_user')
    .set({ subject })
    .where('account_id', '=', accountId)
    .where('provider_id', '=', id)
    .where('user_id', '=', userId)
    .execute();
  return { userId };
}

async function newUser(
  tx: Tx,
  { accountId, id, createsUsers }: StoredProvider,
  { vouched: { subject, email, name, hasVerifiedEmail }, domain }: Coming,
): Promise<{ userId: string } | NotAdmitted> {
  const taken = await tx.sql
    .selectFrom('membership')
    .select('user_id')
    .where('account_id', '=', accountId)
    .where(sql<boolean>`lower(email) = lower(${email})`)
    .executeTakeFirst();
  if (taken !== undefined)
    return await claimDirectoryUser(tx, {
      accountId,
      providerId: id,
      userId: taken.user_id,
      subject,
      domain,
      hasVerifiedEmail,
    });
  if (!createsUsers) return 'unknown';
  const called = name.trim() === '' ? email : name;
  const { rows } = await sql<{ id: string }>`select identity_by_provider(${email}, ${called}) as id`.execute(
    tx.sql,
  );
  const userId = rows[0]?.id ?? '';
  const after = await tx.sql
    .insertInto('membership')
    .values({ account_id: accountId, user_id: userId, email, name: called, status: 'active' })
    .returning(['name', 'max_conversations as maxConversations', 'status'])
    .executeTakeFirstOrThrow();
  await tx.sql
    .insertInto('federated_user')
    .values({ account_id: accountId, provider_id: id, user_id: userId, subject })
    .execute();
  await recordUserVersion(tx, accountId, { userId, before: null, after, by: { kind: 'system' } });
  await recordAudit(tx, accountId, {
    action: 'federation.user-created',
    actor: { kind: 'system' },
    subject: { kind: 'user', id: userId },
    details: { provider: id },
  });
  return { userId };
}

/** Whoever was only invited has come: the invitation has done its work. */
async function activate(
  tx: Tx,
  accountId: string,
  before: NonNullable<Awaited<ReturnType<typeof lockUser>>>,
): Promise<void> {
  const { id: userId } = before;
  await tx.sql
    .deleteFrom('invitation')
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
  await tx.sql
    .updateTable('membership')
    .set({ status: 'active' })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
  const after = found(await readUser(tx, accountId, userId));
  await recordUserVersion(tx, accountId, { userId, before, after, by: { kind: 'system' } });
}
