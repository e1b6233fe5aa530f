import { isConnectionFailure, isUniqueViolation, type Database } from '../../platform/database/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Draft, Outcome } from './draft.ts';
import type { ConversationLog } from './log.ts';

/** One commit takes at most this many posts: its locks are held for some milliseconds, not for longer. */
const batchSize = 256;

interface Waiting {
  readonly draft: Draft;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: posts that arrive while a commit is under way are committed together in the next one. Throughput rises
 * with load, and at low load a post waits for nobody. A post is answered only after its commit (E4).
 */
export class PostQueue {
  readonly #database: Database;
  readonly #log: ConversationLog;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #busy = new Set<string>();

  constructor(database: Database, log: ConversationLog) {
    this.#database = database;
    this.#log = log;
  }

  /** Appends one post. Rejects when nothing is known to have been written: the client sends it again. */
  async submit(account: string, draft: Draft): Promise<Outcome> {
    return await new Promise<Outcome>((resolve, reject) => {
      const waiting = this.#waiting.get(account) ?? [];
      waiting.push({ draft, resolve, reject });
      this.#waiting.set(account, waiting);
      if (!this.#busy.has(account)) void this.#drain(account);
    });
  }

  async #drain(account: string): Promise<void> {
    this.#busy.add(account);
    for (;;) {
      const waiting = this.#waiting.get(account) ?? [];
      if (waiting.length === 0) break;
      await this.#commit(account, waiting.splice(0, batchSize));
    }
    this.#waiting.delete(account);
    this.#busy.delete(account);
  }

  async #commit(account: string, batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#append(
        account,
        batch.map(({ draft }) => draft),
      );
      batch.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new Error('A post came back without an outcome'));
        else resolve(outcome);
      });
    } catch (error) {
      // One post that cannot be written must not take the others with it. Without a database none can be.
      if (batch.length > 1 && !isConnectionFailure(error))
        for (const each of batch) await this.#commit(account, [each]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async #append(account: string, drafts: readonly Draft[]): Promise<Outcome[]> {
    const write = async () =>
      await this.#database.transaction(account, async (tx) => {
        const outcomes = await this.#log.append(tx, account, drafts);
        await recordAudit(tx, account, ...drafts.flatMap((draft, index) => auditOf(draft, outcomes[index])));
        return outcomes;
      });
    try {
      return await write();
    } catch (error) {
      // Another node wrote the same client id meanwhile: now it is known.
      if (isUniqueViolation(error, 'entry_client_id')) return await write();
      throw error;
    }
  }
}

/** What agents write is on the audit trail: that they wrote, not what. */
function auditOf(draft: Draft, outcome: Outcome | undefined) {
  if (draft.actor.kind !== 'agent' || draft.author === null) return [];
  if (outcome === undefined || !outcome.written || outcome.duplicate) return [];
  return [
    {
      action: `conversations.${draft.kind}-written`,
      actor: draft.writer ?? { kind: 'user' as const, id: draft.author },
      subject: { kind: 'conversation', id: draft.conversationId },
      details: { seq: outcome.seq },
    },
  ];
}
