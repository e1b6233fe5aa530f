import type { SettingValues } from '@samtal/contract/settings';
import { sql, type Expression, type SqlBool } from 'kysely';
import type { Database, ReadTx, Tx } from '../../platform/database/index.ts';
import { isDue } from '../conversations/index.ts';

/** The accounts in which anything waits to be redacted, but for those whose keys are gone. */
export async function accountsWithOriginals(database: Database): Promise<string[]> {
  const { rows } = await database.read(
    'platform',
    async (tx) =>
      await sql<{ id: string }>`
        select id from account
        where exists (select account_id from entry_original where entry_original.account_id = account.id)
          and not exists (select from account_deletion where account_deletion.account_id = account.id)
        order by id`.execute(tx.sql),
  );
  return rows.map(({ id }) => id);
}

/** The channels of conversations in which anything waits; null is that of conversations without one. */
export async function channelsWithOriginals(tx: ReadTx, account: string): Promise<(string | null)[]> {
  const { rows } = await sql<{ site_id: string | null }>`
    select distinct conversation.site_id from entry_original original
    join conversation on conversation.account_id = original.account_id and conversation.id = original.conversation_id
    where original.account_id = ${account}`.execute(tx.sql);
  return rows.map((row) => row.site_id);
}

/** Conversations of a channel in which something is due, locked; those that somebody else has locked are left to them. */
export async function claimDueConversations(
  tx: Tx,
  account: string,
  { channelId, settings, limit }: { channelId: string | null; settings: SettingValues; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from conversation
    where account_id = ${account} and ${ofChannel(channelId)} and id in (
      select original.conversation_id from entry_original original where original.account_id = ${account})
      and exists (
        select from entry_original original
        where original.account_id = conversation.account_id and original.conversation_id = conversation.id
          and ${isDue(settings)})
    order by id limit ${limit} for no key update skip locked`.execute(tx.sql);
  return rows.map(({ id }) => id);
}

/** How many originals of a channel are due, and since when the one that has waited longest. */
export async function countDueOriginals(
  tx: ReadTx,
  account: string,
  { channelId, settings }: { channelId: string | null; settings: SettingValues },
): Promise<{ due: number; oldest: Date | null }> {
  const { rows } = await sql<{ due: number; oldest: Date | null }>`
    select count(*)::int as due, min(least(original.due_at, case when since.at is not null
      then greatest(since.at, (
        select max(version.changed_at) from configuration_version version where version.account_id = ${account} and version.kind = 'settings'))
    end)) as oldest
    from entry_original original
    join conversation on conversation.account_id = original.account_id and conversation.id = original.conversation_id
    join entry on entry.account_id = original.account_id and entry.conversation_id = original.conversation_id
      and entry.audience = original.audience and entry.seq = original.seq
    cross join lateral (select ${dueSince(settings)} as at) since
    where original.account_id = ${account} and ${ofChannel(channelId)} and ${isDue(settings)}`.execute(
    tx.sql,
  );
  return rows[0] ?? { due: 0, oldest: null };
}

/** By the settings alone. Nothing is due longer than since they were changed: the job cannot have known before. */
function dueSince(settings: SettingValues): Expression<Date> {
  return {
    off: sql<Date>`conversation.resolved_at`,
    'at-once': sql<Date>`entry.at`,
    resolved: sql<Date>`conversation.resolved_at`,
    hours: sql<Date>`entry.at + make_interval(hours => ${settings['redaction.after-hours']})`,
  }[settings['redaction.mode']];
}

function ofChannel(channelId: string | null): Expression<SqlBool> {
  return channelId === null ? sql`conversation.site_id is null` : sql`conversation.site_id = ${channelId}`;
}
