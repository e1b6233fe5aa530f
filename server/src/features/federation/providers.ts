import { randomUUID } from 'node:crypto';
import type { changeIdentityProvider, IdentityProviderConfiguration } from '@samtal/contract/federation';
import type { BodyOf } from '@samtal/contract/endpoint';
import type { Static } from '@samtal/contract/shared';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { granted, readRoles, refuseUnknownPlaces, refuseUnlessPassable } from '../access/index.ts';
import { certificateEnd, type newOwnKey } from './certificates.ts';
import { sealClientSecret } from './client-secret.ts';
import { refuseUnlessTrustedWithDirectory } from './directory-users.ts';
import { sealOwnKey } from './own-side.ts';
import { readFederatedUsers, readProviders } from './queries.ts';
import { readHeld } from './read-held.ts';

export type ProviderFields = Static<typeof IdentityProviderConfiguration>;
export type ProviderChanges = Omit<
  BodyOf<typeof changeIdentityProvider>,
  'version' | 'reason' | 'clientSecret' | 'confirms'
>;

/** Made before the transaction, because it takes a while. */
export type OwnKey = Awaited<ReturnType<typeof newOwnKey>>;

/** Lets users of the account sign in by a provider. Returns its id. */
export async function createProvider(
  tx: Tx,
  { keyring, ownKey, id = randomUUID() }: { keyring: Keyring; ownKey: OwnKey; id?: string },
  {
    caller,
    fields,
    clientSecret,
    note = {},
  }: { caller: Member; fields: ProviderFields; clientSecret?: string | undefined; note?: ChangeNote },
): Promise<string> {
  const { accountId: account } = caller;
  await refuseUnfit(tx, caller, fields, fields.groupRoles);
  await refuseUnlessTrustedWithDirectory(tx, caller, fields.domains);
  const values = {
    account_id: account,
    id,
    ...columnsOf(fields),
    group_roles_by: caller.personId,
    own_key: await sealOwnKey(keyring, { account, id }, ownKey.key),
    own_certificate: ownKey.certificate,
    client_secret: clientSecretFor(fields, {
      given:
        clientSecret === undefined ? null : await sealClientSecret(keyring, { account, id }, clientSecret),
      kept: null,
    }),
  };
  await refuseTakenName(async () => await tx.sql.insertInto('identity_provider').values(values).execute());
  await record(tx, caller, { id, before: null, body: fields, note, action: 'federation.provider-created' });
  return id;
}

/**
 * Refuses with not-found, access.exceeds-own, names.taken, federation.certificate-unfit, federation.secret-missing,
 * federation.other-protocol and history.changed-meanwhile. Whoever confirms the provider answers from now on for all that decides who
 * is believed there, whoever put it there.
 */
export async function changeProvider(
  tx: Tx,
  caller: Member,
  {
    id,
    changes,
    clientSecret = null,
    confirms = false,
    note = {},
  }: {
    id: string;
    changes: ProviderChanges;
    confirms?: boolean;
    /** Sealed; null: the one that is there stays. */
    clientSecret?: Buffer | null;
    note?: ChangeNote;
  },
): Promise<void> {
  const { fields: before, clientSecret: kept } = await lockProvider(tx, caller.accountId, id);
  const after = changed(before, changes);
  const isSame = JSON.stringify(after.groupRoles) === JSON.stringify(before.groupRoles);
  await refuseUnfit(tx, caller, after, isSame ? [] : after.groupRoles);
  const isSwitchedOn = after.active && !before.active;
  if (isSwitchedOn || confirms || trusting.some((key) => key in changes) || clientSecret !== null) {
    await refuseUnlessTrustedWithUsers(tx, caller, id);
    await refuseUnlessTrustedWithDirectory(tx, caller, after.domains);
  }
  // It was given for one issuer, and is shown to no other.
  const isForIssuer = issuerOf(after) === issuerOf(before);
  const secret = clientSecretFor(after, { given: clientSecret, kept: isForIssuer ? kept : null });
  await refuseTakenName(
    async () =>
      await tx.sql
        .updateTable('identity_provider')
        .set({
          ...columnsOf(after),
          client_secret: secret,
          ...(isSame ? {} : { group_roles_by: caller.personId }),
        })
        .where('account_id', '=', caller.accountId)
        .where('id', '=', id)
        .execute(),
  );
  const version = await record(tx, caller, {
    id,
    before,
    body: after,
    note,
    action: 'federation.provider-changed',
  });
  if (confirms) await confirmProvider(tx, caller, { id, version });
}

async function confirmProvider(
  tx: Tx,
  { accountId, personId, actor }: Member,
  { id, version }: { id: string; version: number },
): Promise<void> {
  await tx.sql
    .updateTable('identity_provider')
    .set({ confirmed_by: personId, confirmed_version: version })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute();
  await recordAudit(tx, accountId, {
    action: 'federation.provider-confirmed',
    actor,
    subject: { kind: 'identity-provider', id },
    details: { version },
  });
}

/** What decides who is believed to be whom. */
const trusting = ['saml', 'oidc', 'domains', 'attributes'] as const;

function changed(before: ProviderFields, { saml, oidc, ...changes }: ProviderChanges): ProviderFields {
  if (before.protocol === 'saml') {
    if (oidc !== undefined) throw new Refusal('federation.other-protocol');
    return { ...before, ...changes, saml: saml ?? before.saml };
  }
  if (saml !== undefined) throw new Refusal('federation.other-protocol');
  return { ...before, ...changes, oidc: oidc ?? before.oidc };
}

function issuerOf(fields: ProviderFields): string | null {
  return fields.protocol === 'oidc' ? fields.oidc.issuer : null;
}

/** Sealed; null where there is nothing to prove by one. Refuses with federation.secret-missing. */
function clientSecretFor(
  fields: ProviderFields,
  { given, kept }: { given: Buffer | null; kept: Buffer | null },
): Buffer | null {
  if (fields.protocol === 'saml' || fields.oidc.authenticates === 'key') return null;
  const secret = given ?? kept;
  if (secret === null) throw new Refusal('federation.secret-missing');
  return secret;
}

/** Its users stay; the sessions that it began end. */
export async function deleteProvider(
  tx: Tx,
  caller: Member,
  { id, note = {} }: { id: string; note?: ChangeNote },
): Promise<void> {
  const { fields: before } = await lockProvider(tx, caller.accountId, id);
  await tx.sql
    .deleteFrom('identity_provider')
    .where('account_id', '=', caller.accountId)
    .where('id', '=', id)
    .execute();
  await record(tx, caller, { id, before, body: null, note, action: 'federation.provider-deleted' });
}

export async function lockProvider(
  tx: Tx,
  account: string,
  id: string,
): Promise<{ fields: ProviderFields; clientSecret: Buffer | null }> {
  found(
    await tx.sql
      .selectFrom('identity_provider')
      .select('id')
      .where('account_id', '=', account)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  );
  const stored = found((await readProviders(tx, account, id))[0]);
  const { name, active, domains, createsUsers, groupRoles, attributes, clientSecret } = stored;
  const common = { name, active, domains, createsUsers, groupRoles, attributes };
  return {
    fields:
      stored.protocol === 'saml'
        ? { protocol: 'saml', ...common, saml: stored.saml }
        : { protocol: 'oidc', ...common, oidc: stored.oidc },
    clientSecret,
  };
}

/** Nobody has a provider give what they could not give: another person may come by it than they think of. */
async function refuseUnfit(
  tx: Tx,
  caller: Member,
  fields: ProviderFields,
  given: ProviderFields['groupRoles'],
): Promise<void> {
  if (fields.protocol === 'saml')
    for (const certificate of fields.saml.certificates) certificateEnd(certificate);
  if (given.length === 0) return;
  const roles = await readRoles(tx, caller.accountId);
  const somebody = randomUUID();
  for (const { scope } of given) await refuseUnknownPlaces(tx, caller.accountId, scope);
  const grants = given.map(({ roleId, scope }) =>
    granted({ roleId, allows: found(roles.get(roleId)).allows, scope }),
  );
  await refuseUnlessPassable(tx, caller, { receiverId: somebody, grants });
}

/** Whoever decides who vouches for users could come in their place: so nobody does for users who hold more. */
async function refuseUnlessTrustedWithUsers(tx: Tx, caller: Member, id: string): Promise<void> {
  for (const { userId } of await readFederatedUsers(tx, caller.accountId, id)) {
    const grants = await readHeld(tx, caller.accountId, userId);
    await refuseUnlessPassable(tx, caller, { receiverId: userId, grants });
  }
}

function columnsOf(fields: ProviderFields) {
  const { protocol, name, active, domains, createsUsers, groupRoles, attributes } = fields;
  return {
    name,
    active,
    protocol,
    saml: protocol === 'saml' ? JSON.stringify(fields.saml) : null,
    oidc: protocol === 'oidc' ? JSON.stringify(fields.oidc) : null,
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
): Promise<number> {
  const kind = 'identity-provider';
  const version = await recordVersion(tx, accountId, { kind, objectId: id, ...made, by: actor });
  await recordAudit(tx, accountId, { action, actor, subject: { kind, id } });
  return version;
}

async function refuseTakenName(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (isUniqueViolation(error, 'identity_provider_name')) throw new Refusal('names.taken');
    throw error;
  }
}
