import { sql } from 'kysely';
import type { Database } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { realtime } from '@samtal/contract/realtime';
import { isUnreadable } from '../../platform/keys/index.ts';
import type { Desk, UnreadableConversations } from '../conversations/index.ts';
import { silentConversations, tendSilence } from './inactivity.ts';
import { tellOfGoneAgents } from './presence.ts';
import type { Router } from './router.ts';

const everyMs = 1_000;
/** A node that has not vouched for a visitor's connection for this long has died with it. */
const vouchedForMs = 15_000;

interface Due {
  readonly what: 'offer' | 'queue' | 'session' | 'silence' | 'presence' | 'gone' | 'ok' | 'weak' | 'lost';
  readonly account_id: string;
  readonly conversation_id: string | null;
}

interface WatchParts {
  readonly database: Database;
  readonly desk: Desk;
  readonly router: Router;
  readonly fanout: Fanout;
  readonly log: Log;
  readonly unreadable: UnreadableConversations;
}

/**
 * What happens because time passes: offers run out, queues are routed again, connections become weak or lost, visitor
 * sessions end, nobody writes any more. Each second one node, whichever is first, looks across accounts for what is due; each piece is then
 * done in a transaction of its account, and does nothing if it has been done meanwhile.
 */
export class Watch {
  readonly #parts: WatchParts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#round = this.#look().finally(() => {
        if (!this.#stopped) this.start();
      });
    }, everyMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #look(): Promise<void> {
    const { log, unreadable } = this.#parts;
    try {
      for (const due of await this.#findDue()) {
        await this.#do(due).catch((error: unknown) => {
          // Somebody has done it meanwhile.
          if (error instanceof Refusal) return;
          // It stays due for ever: told once, and not each second.
          if (due.conversation_id !== null && isUnreadable(error))
            return unreadable.note(due.account_id, due.conversation_id);
          log.warn(
            'watch-failed',
            {
              accountId: due.account_id,
              ...(due.conversation_id === null ? {} : { conversationId: due.conversation_id }),
            },
            error,
          );
        });
      }
    } catch (error) {
      log.warn('watch-failed', {}, error);
    }
  }

  async #findDue(): Promise<Due[]> {
    return await this.#parts.database.transaction('platform', async (tx) => {
      const lock = await sql<{ ours: boolean }>`select pg_try_advisory_xact_lock(7318002) as ours`.execute(
        tx.sql,
      );
      if (lock.rows[0]?.ours !== true) return [];
      const { rows } = await sql<Due>`
        select 'offer' as what, account_id, id as conversation_id from conversation
          where state = 'offered' and offer_until < now()
        union all
        select distinct 'queue', account_id, null::uuid from conversation where state = 'waiting'
        union all
        select 'session', conversation.account_id, conversation.id from conversation
          left join visitor_session on visitor_session.account_id = conversation.account_id
            and visitor_session.id = conversation.visitor_id
          where conversation.state <> 'resolved'
            and (visitor_session.id is null or visitor_session.expires_at < now())
        union all
        select 'silence', silent.account_id, silent.conversation_id from (${silentConversations}) silent
        union all
        select distinct 'presence', account_id, null::uuid from agent_presence
          where connected_until between now() - interval '1500 milliseconds' and now()
        union all
        select distinct 'gone', account_id, null::uuid from agent_presence
          where told <> 'offline' and connected_until < moment()
        union all
        select link.wanted, link.account_id, link.conversation_id from (
          select visitor_link.account_id, visitor_link.conversation_id, conversation.link as now_link,
            case
              when gap.ms is null then visitor_link.quality
              when gap.ms > ${realtime.link.lostAfterCloseMs} then 'lost'
              when gap.ms > ${realtime.link.weakAfterCloseMs} and conversation.link <> 'lost' then 'weak'
              else conversation.link
            end as wanted
          from visitor_link
          join conversation on conversation.account_id = visitor_link.account_id
            and conversation.id = visitor_link.conversation_id and conversation.state <> 'resolved'
          cross join lateral (
            select extract(epoch from now() - coalesce(closed_at,
              case when vouched_at < now() - ${`${vouchedForMs} milliseconds`}::interval then vouched_at end)) * 1000 as ms
          ) gap
        ) link where link.wanted <> link.now_link and link.wanted <> 'unknown'
      `.execute(tx.sql);
      return rows;
    });
  }

  async #do({ what, account_id: account, conversation_id: id }: Due): Promise<void> {
    const { database, desk, router, fanout } = this.#parts;
    if (what === 'queue') router.wake(account);
    else if (what === 'presence') fanout.announce({ kind: 'lists', account, lists: ['presence'] });
    else if (what === 'gone')
      await database.transaction(account, async (tx) => await tellOfGoneAgents(tx, account));
    else if (id !== null) {
      await database.transaction(account, async (tx) => {
        if (what === 'offer') await desk.miss(tx, account, id);
        else if (what === 'session')
          await desk.resolve(tx, account, id, { by: { kind: 'system' }, reason: 'session-ended' });
        else if (what === 'silence') await tendSilence(tx, account, id, desk);
        else await desk.noteLink(tx, account, id, what);
      });
    }
  }
}
