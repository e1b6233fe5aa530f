import { sql } from 'kysely';
import type { Database } from '../../platform/database/index.ts';

/**
 * Keeps the last day on which each user worked in an account (B5). Each node writes it once a day for each of them, so that requests
 * which only read go on only reading.
 */
export class LastActivity {
  readonly #database: Database;
  readonly #noted = new Set<string>();
  #day = '';

  constructor(database: Database) {
    this.#database = database;
  }

  /** A person, and not their page alone, works in the account. */
  async note(accountId: string, userId: string): Promise<void> {
    const day = new Date().toISOString().slice(0, 10);
    if (day !== this.#day) this.#noted.clear();
    this.#day = day;
    const who = `${accountId} ${userId}`;
    if (this.#noted.has(who)) return;
    const today = sql<string>`(now() at time zone 'UTC')::date`;
    await this.#database.transaction(accountId, (tx) =>
      tx.sql
        .updateTable('membership')
        .set({ last_active_on: today, unused_notice: null })
        .where('account_id', '=', accountId)
        .where('user_id', '=', userId)
        .where('last_active_on', 'is distinct from', today)
        .execute(),
    );
    this.#noted.add(who);
  }
}
