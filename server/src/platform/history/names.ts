import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';

/** What a user is called around a change; `before` is null where nobody was called anything. */
export interface Names {
  readonly before: string | null;
  readonly after: string;
}

/** SQL: what a user was called in this version of `configuration_version`; null for everything else, and once forgotten. */
export function nameInVersion(version: string) {
  const column = (name: string) => sql.ref(`${version}.${name}`);
  return sql<string | null>`(select known.name from user_name_version known
    where ${column('kind')} = 'user' and known.account_id = ${column('account_id')}
      and known.user_id = ${column('object_id')} and known.version = ${column('version')})`;
}

/**
 * Keeps a user's name beside a new version; and beside the one before, where that is older than names in the history:
 * until now the user was called so.
 */
export async function keepNames(
  tx: Tx,
  { account, userId }: { account: string; userId: string },
  { version, names, knownBefore }: { version: number; names: Names; knownBefore: boolean },
): Promise<void> {
  const own = { account_id: account, user_id: userId };
  const earlier =
    knownBefore || names.before === null || version === 1
      ? []
      : [{ ...own, version: version - 1, name: names.before }];
  await tx.sql
    .insertInto('user_name_version')
    .values([...earlier, { ...own, version, name: names.after }])
    .execute();
}
