import { settings, type SettingValues } from '@samtal/contract/settings';
import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import type { Desk } from '../conversations/index.ts';
import { readSettings } from '../settings/index.ts';

/*
 * Inactivity (E5) is silence while an agent has the conversation: nobody has written a message, and no agent has joined.
 * Waiting for an agent is not the visitor’s silence and ends nothing; that the visitor is gone, the session’s life tells.
 *
 * silent ──warning-minutes before the end──▶ warned ──end-minutes──▶ resolved
 *   ▲                                          │
 *   └──────────── message, joined ─────────────┘
 */

export type InactivityRule = Pick<
  SettingValues,
  'inactivity.end-minutes' | 'inactivity.end-text' | 'inactivity.warning-minutes' | 'inactivity.warning-text'
>;

/** What is due after so long a silence. `warned`: the visitor has been told since somebody last wrote. */
export function dueAfterSilence(
  rule: InactivityRule,
  { silentSeconds, warned }: { silentSeconds: number; warned: boolean },
): 'end' | 'warning' | null {
  const { 'inactivity.end-minutes': end, 'inactivity.warning-minutes': warning } = rule;
  if (end === null) return null;
  if (silentSeconds >= end * 60) return 'end';
  // A warning that would come before the silence begins is none.
  if (warning === null || warning >= end || warned) return null;
  return silentSeconds >= (end - warning) * 60 ? 'warning' : null;
}

/**
 * SQL: conversations that may be due, across accounts, as (account_id, conversation_id). Settings are read once for each
 * channel that has a conversation, and streams only where one ends by itself. In the platform’s scope.
 */
export const silentConversations = sql<{ account_id: string; conversation_id: string }>`
  select conversation.account_id, conversation.id as conversation_id
  from (
    select account_id, site_id,
      ${inForce('inactivity.end-minutes')} as end_minutes, ${inForce('inactivity.warning-minutes')} as warning_minutes
    from (
      select account_id, site_id, settings_of_channel(account_id, site_id) as said
      from (select distinct account_id, site_id from conversation where state = 'active') channel
    ) channel
  ) rule
  join conversation on conversation.account_id = rule.account_id
    and conversation.site_id is not distinct from rule.site_id and conversation.state = 'active'
  join stream on stream.account_id = conversation.account_id and stream.conversation_id = conversation.id
    and stream.audience = 'public'
  where rule.end_minutes is not null and (
    stream.last_interaction_at <= now() - make_interval(mins => rule.end_minutes)
    or (rule.warning_minutes < rule.end_minutes
      and stream.last_interaction_at <= now() - make_interval(mins => rule.end_minutes - rule.warning_minutes)
      and (stream.warned_at is null or stream.warned_at < stream.last_interaction_at)))`;

function inForce(key: 'inactivity.end-minutes' | 'inactivity.warning-minutes') {
  const otherwise = sql`${sql.lit(settings[key].default)}::integer`;
  return sql`case when said ? ${sql.lit(key)} then (said ->> ${sql.lit(key)})::integer else ${otherwise} end`;
}

/** Warns or ends, if that is still due when nobody can write any more, by the settings as they are then. */
export async function tendSilence(tx: Tx, account: string, id: string, desk: Desk): Promise<void> {
  const silence = await desk.holdStill(tx, account, id);
  if (silence === null) return;
  const rule = await readSettings(tx, account, silence.siteId);
  const due = dueAfterSilence(rule, silence);
  if (due === 'end')
    await desk.resolve(tx, account, id, {
      by: { kind: 'system' },
      reason: 'inactivity',
      text: rule['inactivity.end-text'],
    });
  else if (due === 'warning')
    await desk.warn(tx, account, id, {
      text: rule['inactivity.warning-text'],
      minutes: rule['inactivity.warning-minutes'] ?? 0,
    });
}
