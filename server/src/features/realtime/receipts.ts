import { sql } from 'kysely';
import type { Database } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import type { Log } from '../../platform/log/index.ts';

const everyMs = 200;

export interface Seen {
  readonly account: string;
  readonly conversation: string;
  readonly visitorDelivered?: number;
  readonly visitorRead?: number;
  /** What this agent has read. It counts when the conversation is theirs. */
  readonly agentRead?: number;
  readonly agent?: string;
}

interface Gathered extends Required<Omit<Seen, 'agent'>> {
  readonly agent: string | null;
}

interface Row {
  readonly id: string;
  readonly visitor_delivered: number;
  readonly visitor_read: number;
  readonly agent_read: number;
}

/** Delivery and read state: gathered for a moment, then written for many conversations at once. They only ever grow. */
export class Receipts {
  readonly #database: Database;
  readonly #fanout: Fanout;
  readonly #log: Log;
  #waiting = new Map<string, Gathered>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor({ database, fanout, log }: { database: Database; fanout: Fanout; log: Log }) {
    this.#database = database;
    this.#fanout = fanout;
    this.#log = log;
  }

  note(seen: Seen): void {
    // What one agent has read is not what another has.
    const key = `${seen.account}/${seen.conversation}/${seen.agent ?? ''}`;
    const { visitorDelivered = 0, visitorRead = 0, agentRead = 0 } = seen;
    const known = this.#waiting.get(key);
    this.#waiting.set(key, {
      account: seen.account,
      conversation: seen.conversation,
      visitorDelivered: Math.max(visitorDelivered, visitorRead, known?.visitorDelivered ?? 0),
      visitorRead: Math.max(visitorRead, known?.visitorRead ?? 0),
      agentRead: Math.max(agentRead, known?.agentRead ?? 0),
      agent: seen.agent ?? null,
    });
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    }, everyMs);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
  }

  async #write(): Promise<void> {
    const waiting = Map.groupBy(this.#waiting.values(), (seen) => seen.account);
    this.#waiting = new Map();
    for (const [account, seen] of waiting) {
      try {
        await this.#writeAccount(account, seen);
      } catch (error) {
        // The next frame of each client says the same again, and more.
        this.#log.warn('receipts-not-written', { accountId: account }, error);
      }
    }
  }

  async #writeAccount(account: string, seen: readonly Gathered[]): Promise<void> {
    await this.#database.transaction(account, async (tx) => {
      // No client can have seen what is not there: whatever it says is cut at the head of the stream.
      const { rows } = await sql<Row>`
        with seen as (
          select * from unnest(
            ${seen.map((each) => each.conversation)}::uuid[], ${seen.map((each) => each.visitorDelivered)}::bigint[],
            ${seen.map((each) => each.visitorRead)}::bigint[], ${seen.map((each) => each.agentRead)}::bigint[],
            ${seen.map((each) => each.agent)}::uuid[]
          ) as seen (id, visitor_delivered, visitor_read, agent_read, agent)
        ), locked as materialized (
          select id, agent_id from conversation
          where account_id = ${account} and id in (select id from seen) order by id for no key update
        ), bounded as (
          select seen.id, max(least(visitor_delivered, last_seq)) as visitor_delivered,
            max(least(visitor_read, last_seq)) as visitor_read,
            max(case when seen.agent = locked.agent_id then least(agent_read, last_seq) else 0 end) as agent_read
          from seen join locked using (id)
          join stream on account_id = ${account} and conversation_id = seen.id and audience = 'public'
          group by seen.id
        )
        update conversation set
          visitor_delivered = greatest(conversation.visitor_delivered, bounded.visitor_delivered),
          visitor_read = greatest(conversation.visitor_read, bounded.visitor_read),
          agent_read = greatest(conversation.agent_read, bounded.agent_read)
        from bounded
        where conversation.account_id = ${account} and conversation.id = bounded.id
          and (conversation.visitor_delivered < bounded.visitor_delivered
            or conversation.visitor_read < bounded.visitor_read or conversation.agent_read < bounded.agent_read)
        returning conversation.id, conversation.visitor_delivered, conversation.visitor_read, conversation.agent_read
      `.execute(tx.sql);
      tx.afterCommit(() => {
        for (const row of rows) {
          this.#fanout.announce({
            kind: 'receipts',
            account,
            conversation: row.id,
            visitorDelivered: row.visitor_delivered,
            visitorRead: row.visitor_read,
            agentRead: row.agent_read,
          });
        }
      });
    });
  }
}
