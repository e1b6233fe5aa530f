import { randomUUID } from 'node:crypto';
import type { KeyGrant } from '@samtal/contract/api-keys';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { found, Refusal, type SignedInMember } from '../../platform/http/index.ts';
import {
  granted,
  lockAccess,
  normalisedScope,
  readRoles,
  refuseUnknownPlaces,
  refuseUnlessPassable,
} from '../access/index.ts';
import { addSecret } from './add-secret.ts';
import { endOfKey } from './lifetime.ts';

export interface NewApiKey {
  readonly owner: SignedInMember;
  readonly name: string;
  readonly purpose: string;
  readonly grants: readonly KeyGrant[];
  readonly expiresAt?: string;
}

/**
 * Makes a key, and answers with it as it is shown this once. Whoever makes it owns it, and passes on to it what he would
 * pass on to himself: what he holds, and no more, whatever he may entrust others with. Refuses with access.exceeds-own,
 * api-keys.lifetime, names.taken, not-found.
 */
export async function createApiKey(
  tx: Tx,
  { owner, name, purpose, grants, expiresAt }: NewApiKey,
): Promise<{ id: string; secret: string }> {
  const { accountId } = owner;
  await lockAccess(tx, accountId);
  const wanted = await judgedGrants(tx, owner, grants);
  const id = randomUUID();
  const ends = await endOfKey(tx, accountId, expiresAt);
  await insertKey(tx, { account_id: accountId, id, name, purpose, owner_id: owner.userId, expires_at: ends });
  await tx.sql
    .insertInto('api_key_grant')
    .values(
      wanted.map(({ roleId, scope }) => ({ account_id: accountId, key_id: id, role_id: roleId, scope })),
    )
    .execute();
  const secret = await addSecret(tx, accountId, id);
  await recordAudit(tx, accountId, {
    action: 'api-keys.created',
    actor: owner.actor,
    subject: { kind: 'api-key', id },
    details: { roles: [...new Set(wanted.map(({ roleId }) => roleId))], until: ends.toISOString() },
  });
  return { id, secret };
}

/** Each grant once, its scope in the form that is stored. */
async function judgedGrants(tx: Tx, owner: SignedInMember, grants: readonly KeyGrant[]) {
  const roles = await readRoles(tx, owner.accountId);
  const judged = new Map<string, { roleId: string; scope: string }>();
  for (const { roleId, scope: asked } of grants) {
    const role = found(roles.get(roleId));
    const scope = normalisedScope(asked);
    await refuseUnknownPlaces(tx, owner.accountId, scope);
    await refuseUnlessPassable(tx, owner, {
      receiverId: owner.userId,
      grants: [granted({ roleId, allows: role.allows, scope })],
    });
    const text = JSON.stringify(scope);
    judged.set(`${roleId} ${text}`, { roleId, scope: text });
  }
  return [...judged.values()];
}

async function insertKey(
  tx: Tx,
  row: {
    account_id: string;
    id: string;
    name: string;
    purpose: string;
    owner_id: string;
    expires_at: Date;
  },
): Promise<void> {
  try {
    await tx.sql.insertInto('api_key').values(row).execute();
  } catch (error) {
    if (isUniqueViolation(error, 'api_key_name')) throw new Refusal('names.taken');
    throw error;
  }
}
