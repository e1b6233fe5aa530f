import type {
  FederatedUser,
  FederationRefusal,
  GroupRole,
  OidcAgreement,
  ProviderAttributes,
  SamlAgreement,
} from '@samtal/contract/federation';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { newestVersion } from '../../platform/history/index.ts';

interface StoredCommon {
  readonly accountId: string;
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly domains: string[];
  readonly verifiedDomains: string[];
  readonly createsUsers: boolean;
  readonly groupRoles: GroupRole[];
  readonly groupRolesBy: string | null;
  readonly attributes: ProviderAttributes;
  readonly ownKey: Buffer;
  readonly ownCertificate: string;
  readonly lastSignInAt: Date | null;
  readonly lastRefusedAt: Date | null;
  readonly lastRefusal: FederationRefusal | null;
  /** Sealed; null where none was given. */
  readonly clientSecret: Buffer | null;
  readonly version: number;
}
export interface StoredSaml extends StoredCommon {
  readonly protocol: 'saml';
  readonly saml: SamlAgreement;
}
export interface StoredOidc extends StoredCommon {
  readonly protocol: 'oidc';
  readonly oidc: OidcAgreement;
}
export type StoredProvider = StoredSaml | StoredOidc;

function providers(tx: ReadTx) {
  return tx.sql
    .selectFrom('identity_provider as p')
    .innerJoin('account', 'account.id', 'p.account_id')
    .select([
      'p.account_id as accountId',
      'p.id',
      'p.name',
      'p.active',
      'p.protocol',
      'p.saml',
      'p.oidc',
      'p.domains',
      'p.creates_users as createsUsers',
      'p.group_roles as groupRoles',
      'p.group_roles_by as groupRolesBy',
      'p.attributes',
      'p.own_key as ownKey',
      'p.own_certificate as ownCertificate',
      'p.last_sign_in_at as lastSignInAt',
      'p.last_refused_at as lastRefusedAt',
      'p.last_refusal as lastRefusal',
      'p.client_secret as clientSecret',
      sql<string[]>`array(select v.domain from verified_domain v
        where v.account_id = p.account_id and v.domain = any(p.domains) order by v.domain)`.as(
        'verifiedDomains',
      ),
      newestVersion('identity-provider', { account: 'p.account_id', id: 'p.id' }).as('version'),
    ]);
}

/** The account’s providers by name, or the one with this id. */
export async function readProviders(tx: ReadTx, account: string, id?: string): Promise<StoredProvider[]> {
  let query = providers(tx)
    .where('p.account_id', '=', account)
    .orderBy((eb) => eb.fn<string>('lower', ['p.name']));
  if (id !== undefined) query = query.where('p.id', '=', id);
  return (await query.execute()).map(storedOf);
}

function storedOf(row: unknown): StoredProvider {
  // The table sees to it that there is what its protocol says, and not the other (identity_provider_agreement).
  return row as StoredProvider;
}

/** One of whatever account that is not suspended, switched on or not. In the platform’s scope. */
export async function readAnyProvider(tx: ReadTx, id: string): Promise<StoredProvider | null> {
  const provider = await providers(tx)
    .where('p.id', '=', id)
    .where('account.status', '=', 'active')
    .executeTakeFirst();
  return provider === undefined ? null : storedOf(provider);
}

/** One by which people can sign in now, of whatever account. In the platform’s scope. */
export async function readOpenProvider(tx: ReadTx, id: string): Promise<StoredProvider | null> {
  const provider = await readAnyProvider(tx, id);
  return provider?.active === true ? provider : null;
}

/** Notes that somebody came in. In the platform’s scope. */
export async function noteSignIn(tx: Tx, { accountId, id }: StoredProvider): Promise<void> {
  await tx.sql
    .updateTable('identity_provider')
    .set({ last_sign_in_at: new Date() })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute();
}

/** Notes that somebody was refused. In the platform’s scope. */
export async function noteRefusal(
  tx: Tx,
  { accountId, id }: StoredProvider,
  reason: FederationRefusal,
): Promise<void> {
  await tx.sql
    .updateTable('identity_provider')
    .set({ last_refused_at: new Date(), last_refusal: reason })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute();
}

/**
 * Where people of a domain sign in: the provider of the account to which it was verified to belong, and whether they sign in there
 * alone. In the platform’s scope.
 */
export async function readProviderOfDomain(
  tx: ReadTx,
  domain: string,
): Promise<{ id: string; only: boolean } | null> {
  const provider = await providers(tx)
    .innerJoin('verified_domain as v', 'v.account_id', 'p.account_id')
    .where('v.domain', '=', domain)
    .where(sql<boolean>`v.domain = any(p.domains)`)
    .where('p.active', '=', true)
    .where('account.status', '=', 'active')
    .select(
      sql<boolean>`coalesce((settings_of_account(p.account_id) ->> 'signin.federated-only')::boolean, false)`.as(
        'only',
      ),
    )
    .orderBy('p.created_at')
    .limit(1)
    .executeTakeFirst();
  return provider === undefined ? null : { id: provider.id, only: provider.only };
}

/** Who signs in by a provider, by name. */
export async function readFederatedUsers(
  tx: ReadTx,
  account: string,
  providerId: string,
): Promise<FederatedUser[]> {
  const rows = await tx.sql
    .selectFrom('federated_user as f')
    .innerJoin('membership as m', (join) =>
      join.onRef('m.account_id', '=', 'f.account_id').onRef('m.user_id', '=', 'f.user_id'),
    )
    .select(['f.user_id as userId', 'm.name', 'm.email', 'f.subject', 'f.linked_at as linkedAt'])
    .where('f.account_id', '=', account)
    .where('f.provider_id', '=', providerId)
    .orderBy((eb) => eb.fn<string>('lower', ['m.name']))
    .orderBy('f.user_id')
    .execute();
  return rows.map(({ subject, linkedAt, ...user }) => ({
    ...user,
    known: subject !== null,
    linkedAt: linkedAt.toISOString(),
  }));
}
