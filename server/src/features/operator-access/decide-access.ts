import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { found, Refusal, type SignedInMember } from '../../platform/http/index.ts';
import {
  currentGiver,
  lockAccess as lockGrants,
  operatorGrant,
  refuseUnlessPassable,
} from '../access/index.ts';
import { lockAccess, type StoredAccess } from './queries.ts';
import { refuseTooLong } from './request-access.ts';

interface Decision {
  readonly accessId: string;
  readonly approver: SignedInMember;
}

/**
 * Lets an operator in for so many minutes from now. Refuses with operator-access.not-open, operator-access.own,
 * operator-access.too-long, access.exceeds-own, not-found.
 */
export async function approveAccess(
  tx: Tx,
  { accessId, approver, minutes }: Decision & { minutes: number },
): Promise<void> {
  const { accountId } = approver;
  // What the approver may give is judged as it stands once nobody else changes it.
  await lockGrants(tx, accountId);
  const giver = await currentGiver(tx, approver, 'operators.admit');
  const access = await openRequest(tx, { accessId, approver });
  if (await isOperator(tx, approver, access)) throw new Refusal('operator-access.own');
  if (minutes > access.minutes) throw new Refusal('operator-access.too-long');
  await refuseTooLong(tx, accountId, minutes);
  const grants = [operatorGrant(access.authorisations, access.scope)];
  await refuseUnlessPassable(tx, giver, { receiverId: accessId, grants });
  await decide(tx, {
    accountId,
    accessId,
    to: { state: 'approved', minutes, ends_at: sql<Date>`now() + make_interval(mins => ${minutes})` },
    by: approver.personId,
  });
  await recordAudit(tx, accountId, {
    action: 'operator-access.approved',
    actor: approver.actor,
    subject: { kind: 'operator-access', id: accessId },
    details: { authorisations: [...access.authorisations], minutes, ...access.scope },
  });
}

/** Refuses with operator-access.not-open, not-found. */
export async function refuseAccess(tx: Tx, { accessId, approver }: Decision): Promise<void> {
  const { accountId } = approver;
  await openRequest(tx, { accessId, approver });
  await decide(tx, { accountId, accessId, to: { state: 'refused' }, by: approver.personId });
  await recordAudit(tx, accountId, {
    action: 'operator-access.refused',
    actor: approver.actor,
    subject: { kind: 'operator-access', id: accessId },
  });
}

/** A request that stands still, and that this person may decide over: an operator at work in the account never does. */
async function openRequest(tx: Tx, { accessId, approver }: Decision): Promise<StoredAccess> {
  const access = found(await lockAccess(tx, approver.accountId, accessId));
  if (approver.actor.kind !== 'user') throw new Refusal('operator-access.own');
  if (access.state !== 'requested') throw new Refusal('operator-access.not-open');
  return access;
}

async function isOperator(tx: Tx, { accountId, personId }: SignedInMember, access: StoredAccess) {
  const own = await tx.sql
    .selectFrom('membership')
    .select('user_id')
    .where('account_id', '=', accountId)
    .where('user_id', '=', personId)
    .where(sql<boolean>`lower(email) = lower(${access.operatorEmail})`)
    .executeTakeFirst();
  return own !== undefined;
}

async function decide(
  tx: Tx,
  {
    accountId,
    accessId,
    to,
    by,
  }: {
    accountId: string;
    accessId: string;
    to: { state: 'approved' | 'refused'; minutes?: number; ends_at?: ReturnType<typeof sql<Date>> };
    by: string;
  },
): Promise<void> {
  await tx.sql
    .updateTable('operator_access')
    .set({ ...to, decided_at: sql<Date>`now()`, decided_by: by })
    .where('account_id', '=', accountId)
    .where('id', '=', accessId)
    .execute();
}
