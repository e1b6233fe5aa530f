import {
  networkTrialMinutes,
  type NetworkTrial,
  type SettingOverrides,
  type SettingValues,
} from '@samtal/contract/settings';
import { sql } from 'kysely';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { ReadTx, Statement, Tx } from '../../platform/database/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { passes } from '../../platform/networks/index.ts';

/*
 * A list of networks for signing in (C5), and a change of it:
 *
 *   none ──changed by a user──▶ on trial ──confirmed from an address that it admits──▶ none: the change stays
 *                                 │  ▲ changed again: the time begins anew, what was confirmed last is kept
 *                                 ├──given up──▶ none: what was confirmed last holds again, as a version by whoever gave it up
 *                                 └──its time runs out──▶ none: the same, as a version by the system
 *
 * An empty list shuts nobody out: it holds at once. So does what an operator sets. The time is judged wherever the list
 * is read, so that no node has to do anything for it to run out.
 */

/** From where an account may be worked in, as it holds now. */
export interface NetworkRules {
  readonly networks: readonly string[];
  readonly exception: SettingValues['signin.network-exception'];
}

const readRules: Statement = {
  name: 'settings-read-network-rules',
  text: `
    select
      coalesce(case when trial.until <= now() then trial.previous else said.account -> 'signin.networks' end,
        said.installation -> 'signin.networks', '[]') as networks,
      coalesce(said.account ->> 'signin.network-exception', said.installation ->> 'signin.network-exception', 'off')
        as exception
    from (select installation_settings() as installation,
      (select body from configuration_version
        where account_id = $1 and kind = 'settings' and object_id = $1
        order by version desc limit 1) as account) said
    left join network_trial trial on trial.account_id = $1`,
};

/** In the account’s scope or the platform’s. */
export async function readNetworkRules(tx: ReadTx, account: string): Promise<NetworkRules> {
  const [rules] = await tx.run<NetworkRules>(readRules, [account]);
  return found(rules);
}

/** Puts a list that has just been changed on trial; one that is empty, or an operator’s, holds at once. */
export async function tryNetworks(
  tx: Tx,
  account: string,
  { before, after, by }: { before: SettingOverrides; after: SettingOverrides; by: AuditActor },
): Promise<void> {
  const [previous, next] = [before['signin.networks'], after['signin.networks']];
  if (isSame(previous, next)) return;
  const standing = await readTrial(tx, account);
  const confirmed = standing === null ? previous : (standing.previous ?? undefined);
  const isUser = by.kind === 'user' || by.kind === 'api-key';
  const { networks } = await readNetworkRules(tx, account);
  if (!isUser || networks.length === 0 || isSame(confirmed, next)) return await endTrial(tx, account);
  const until = sql<Date>`now() + make_interval(mins => ${networkTrialMinutes})`;
  await tx.sql
    .insertInto('network_trial')
    .values({
      account_id: account,
      previous: confirmed === undefined ? null : JSON.stringify(confirmed),
      until,
    })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ until }))
    .execute();
}

/** What somebody who may see the settings is told of a trial. */
export async function describeTrial(
  tx: ReadTx,
  { accountId, address }: Pick<Member, 'accountId' | 'address'>,
): Promise<NetworkTrial> {
  const { networks } = await readNetworkRules(tx, accountId);
  const trial = await readTrial(tx, accountId);
  const until = trial === null || trial.isOver ? null : trial.until.toISOString();
  return { address, admitted: passes(networks, address), until };
}

/** Keeps the list that is on trial. The second factor that may make up for an address does not confirm one. */
export async function confirmNetworks(tx: Tx, { accountId, address, actor }: Member): Promise<void> {
  const { networks } = await readNetworkRules(tx, accountId);
  if (!passes(networks, address)) throw new Refusal('signin.network');
  const confirmed = await tx.sql
    .deleteFrom('network_trial')
    .where('account_id', '=', accountId)
    .where('until', '>', sql<Date>`now()`)
    .returning('account_id')
    .executeTakeFirst();
  found(confirmed);
  await recordAudit(tx, accountId, { action: 'settings.networks-confirmed', actor });
}

/** What the account said before a trial that has run out; null when none has. Held until the transaction ends. */
export async function takeFailedTrial(
  tx: Tx,
  account: string,
): Promise<{ previous: readonly string[] | null } | null> {
  const failed = await tx.sql
    .deleteFrom('network_trial')
    .where('account_id', '=', account)
    .where('until', '<=', sql<Date>`now()`)
    .returning('previous')
    .executeTakeFirst();
  return failed ?? null;
}

/** What the account said before a trial that still runs, and says again when that is given up. Held until the transaction ends. */
export async function holdTrial(tx: Tx, account: string): Promise<{ previous: readonly string[] | null }> {
  const standing = await tx.sql
    .selectFrom('network_trial')
    .select('previous')
    .where('account_id', '=', account)
    .where('until', '>', sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
  return found(standing);
}

async function readTrial(tx: ReadTx, account: string) {
  const trial = await tx.sql
    .selectFrom('network_trial')
    .select(['previous', 'until', sql<boolean>`until <= now()`.as('isOver')])
    .where('account_id', '=', account)
    .executeTakeFirst();
  return trial ?? null;
}

/** What the account says now stays. */
export async function endTrial(tx: Tx, account: string): Promise<void> {
  await tx.sql.deleteFrom('network_trial').where('account_id', '=', account).execute();
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
