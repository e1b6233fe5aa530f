import type { HeldGrant } from '../../platform/http/index.ts';
import type { ReadTx } from '../../platform/database/index.ts';
import { couldStillPass } from '../access/index.ts';
import type { StoredProvider } from './queries.ts';

/** A version of a provider, as far as it says who put what there. */
export interface DecidedVersion {
  readonly version: number;
  /** Null where the provider was deleted. */
  readonly body: object | null;
  /** Null where nobody is known to have. */
  readonly by: string | null;
}

/** Who answers for all that stood in a version. */
export interface Confirmed {
  readonly by: string;
  readonly version: number;
}

/** What decides who is believed to be whom; names, roles and whether users are made do not. */
const trusting = ['active', 'attributes', 'saml', 'oidc'] as const;

/**
 * Everybody who put something there that makes the provider be believed about an address in the domain, as it stands now: each
 * certificate, the issuer, the domain, which attribute is the address. Whoever changed something else beside it does not answer for it.
 * From the oldest version on; null among them stands for somebody who is not known.
 */
export function decidersOf(
  versions: readonly DecidedVersion[],
  { domain, confirmed }: { domain: string; confirmed: Confirmed | null },
): ReadonlySet<string | null> {
  let answering = new Map<string, string | null>();
  for (const { version, body, by } of versions) {
    const before = answering;
    answering = new Map(
      factsOf(body, domain).map((fact) => [fact, before.has(fact) ? (before.get(fact) ?? null) : by]),
    );
    if (version === confirmed?.version)
      for (const fact of answering.keys()) answering.set(fact, confirmed.by);
  }
  return new Set(answering.values());
}

function factsOf(body: object | null, domain: string): string[] {
  // As it was written into the version; what it leaves out is no fact.
  const said = (body ?? {}) as Readonly<Record<string, unknown>>;
  const domains = Array.isArray(said['domains']) ? said['domains'] : [];
  return [
    ...trusting.flatMap((key) => leavesOf(said[key], key)),
    ...domains
      .filter((each) => String(each).toLowerCase() === domain)
      .map((each) => `domains ${String(each)}`),
  ];
}

/** Every value with the path to it; of a list it does not matter which place a value has. */
function leavesOf(value: unknown, path: string): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((each) => leavesOf(each, `${path} []`));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, each]) => leavesOf(each, `${path} ${key}`));
  return [`${path} ${JSON.stringify(value)}`];
}

/**
 * Whether everybody who decided that this provider is believed about the domain could give the receiver this as they stand now
 * (B1): whoever could not would otherwise come as somebody who holds more. In the account’s scope.
 */
export async function couldVouchFor(
  tx: ReadTx,
  { accountId, id }: Pick<StoredProvider, 'accountId' | 'id'>,
  { domain, userId, grants }: { domain: string; userId: string; grants: readonly HeldGrant[] },
): Promise<boolean> {
  const versions = await tx.sql
    .selectFrom('configuration_version')
    .select(['version', 'body', 'changed_by as by'])
    .where('account_id', '=', accountId)
    .where('kind', '=', 'identity-provider')
    .where('object_id', '=', id)
    .orderBy('version')
    .execute();
  const { confirmed_by: by, confirmed_version: version } = await tx.sql
    .selectFrom('identity_provider')
    .select(['confirmed_by', 'confirmed_version'])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const confirmed = by === null || version === null ? null : { by, version };
  const deciders = decidersOf(versions, { domain, confirmed });
  if (deciders.size === 0) return false;
  for (const giverId of deciders)
    if (giverId === null || !(await couldStillPass(tx, accountId, { giverId, receiverId: userId, grants })))
      return false;
  return true;
}
