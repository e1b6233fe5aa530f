import { randomUUID } from 'node:crypto';
import type { IdentityProviderConfiguration } from '@samtal/contract/federation';
import type { Static } from '@samtal/contract/shared';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import {
  effective,
  readGrantedRoles,
  readRoles,
  refuseUnknownPlaces,
  refuseUnlessPassable,
} from '../access/index.ts';
import { certificateEnd, type newOwnKey } from './certificates.ts';
import { sealOwnKey } from './own-side.ts';
import { readFederatedUsers, readProviders } from './queries.ts';

export type ProviderFields = Static<typeof IdentityProviderConfiguration>;

/** Made before the transaction, because it takes a while. */
export type OwnKey = Awaited<ReturnType<typeof newOwnKey>>;

/** Lets users of the account sign in by a provider. Returns its id. */
export async function createProvider(
  tx: Tx,
  { keyring, ownKey, id = randomUUID() }: { keyring: Keyring; ownKey: OwnKey; id?: string },
  { caller, fields, note = {} }: { caller: Member; fields: ProviderFields; note?: ChangeNote },
): Promise<string> {
  const { accountId: account } = caller;
  await refuseUnfit(tx, caller, fields, fields.groupRoles);
  const values = {
    account_id: account,
    id,
    ...columnsOf(fields),
    group_roles_by: caller.personId,
    own_key: await sealOwnKey(keyring, { account, id }, ownKey.key),
    own_certificate: ownKey.certificate,
  };
  await refuseTakenName(async () => await tx.sql.insertInto('identity_provider').values(values).execute());
  await record(tx, caller, { id, before: null, body: fields, note, action: 'federation.provider-created' });
  return id;
}

/** Refuses with not-found, access.exceeds-own, names.taken, federation.certificate-unfit and history.changed-meanwhile. */
export async function changeProvider(
  tx: Tx,
  caller: Member,
  { id, changes, note = {} }: { id: string; changes: Partial<ProviderFields>; note?: ChangeNote },
): Promise<void> {
  const before = await lockProvider(tx, caller.accountId, id);
  const after = { ...before, ...changes };
  const isSame = JSON.stringify(after.groupRoles) === JSON.stringify(before.groupRoles);
  await refuseUnfit(tx, caller, after, isSame ? [] : after.groupRoles);
  if ('saml' in changes || 'domains' in changes || 'attributes' in changes)
    await refuseUnlessTrustedWithUsers(tx, caller, id);
  await refuseTakenName(
    async () =>
      await tx.sql
        .updateTable('identity_provider')
        .set({ ...columnsOf(after), ...(isSame ? {} : { group_roles_by: caller.personId }) })
        .where('account_id', '=', caller.accountId)
        .where('id', '=', id)
        .execute(),
  );
  await record(tx, caller, { id, before, body: after, note, action: 'federation.provider-changed' });
}

/** Its users stay; the sessions that it began end. */
export async function deleteProvider(
  tx: Tx,
  caller: Member,
  { id, note = {} }: { id: string; note?: ChangeNote },
): Promise<void> {
  const before = await lockProvider(tx, caller.accountId, id);
  await tx.sql
    .deleteFrom('identity_provider')
    .where('account_id', '=', caller.accountId)
    .where('id', '=', id)
    .execute();
  await record(tx, caller, { id, before, body: null, note, action: 'federation.provider-deleted' });
}

export async function lockProvider(tx: Tx, account: string, id: string): Promise<ProviderFields> {
  found(
    await tx.sql
      .selectFrom('identity_provider')
      .select('id')
      .where('account_id', '=', account)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  );
  const { name, active, saml, domains, createsUsers, groupRoles, attributes } = found(
    (await readProviders(tx, account, id))[0],
  );
  return { name, active, saml, domains, createsUsers, groupRoles, attributes };
}

/** Nobody has a provider give what they could not give: another person may come by it than they think of. */
async function refuseUnfit(
  tx: Tx,
  caller: Member,
  { saml }: ProviderFields,
  given: ProviderFields['groupRoles'],
): Promise<void> {
  for (const certificate of saml.certificates) certificateEnd(certificate);
  if (given.length === 0) return;
  const roles = await readRoles(tx, caller.accountId);
  const somebody = randomUUID();
  for (const { scope } of given) await refuseUnknownPlaces(tx, caller.accountId, scope);
  const grants = given.map(({ roleId, scope }) => effective(found(roles.get(roleId)).allows, scope));
  await refuseUnlessPassable(tx, caller, { receiverId: somebody, grants });
}

/** Whoever decides who vouches for users could come in their place: so nobody does for users who hold more. */
async function refuseUnlessTrustedWithUsers(tx: Tx, caller: Member, id: string): Promise<void> {
  for (const { userId } of await readFederatedUsers(tx, caller.accountId, id)) {
    const granted = await readGrantedRoles(tx, caller.accountId, userId);
    const grants = granted.map(({ allows, scope }) => effective(allows, scope));
    await refuseUnlessPassable(tx, caller, { receiverId: userId, grants });
  }
}

function columnsOf({ name, active, saml, domains, createsUsers, groupRoles, attributes }: ProviderFields) {
  return {
    name,
    active,
    saml: JSON.stringify(saml),
    domains,
    creates_users: createsUsers,
    group_roles: JSON.stringify(groupRoles),
    attributes: JSON.stringify(attributes),
  };
}

async function record(
  tx: Tx,
  { accountId, actor }: Member,
  {
    id,
    action,
    ...made
  }: { id: string; action: string; before: object | null; body: object | null; note: ChangeNote },
): Promise<void> {
  await recordVersion(tx, accountId, { kind: 'identity-provider', objectId: id, ...made, by: actor });
  await recordAudit(tx, accountId, { action, actor, subject: { kind: 'identity-provider', id } });
}

async function refuseTakenName(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (isUniqueViolation(error, 'identity_provider_name')) throw new Refusal('names.taken');
    throw error;
  }
}
