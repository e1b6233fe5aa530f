import type { Database, ReadTx, Tx } from '../../../platform/database/index.ts';
import { Refusal } from '../../../platform/http/index.ts';

/** So many readings of an account may wait for the one that runs. */
const mostWaiting = 20;

/**
 * Readings of figures on this node: those of one account one after the other, so that no account takes more of a node, and of its
 * connections to the database, than one reading does, however many programs it has. Refuse with request.rate-limited where too many wait.
 */
export class AccountTurns {
  readonly #database: Database;
  readonly #turns = new Map<string, { last: Promise<unknown>; taken: number }>();

  constructor(database: Database) {
    this.#database = database;
  }

  async read<Result>(account: string, work: (tx: ReadTx) => Promise<Result>): Promise<Result> {
    return await this.#take(account, async () => await this.#database.read(account, work));
  }

  async transaction<Result>(account: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return await this.#take(account, async () => await this.#database.transaction(account, work));
  }

  async #take<Result>(account: string, work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turns.get(account) ?? { last: Promise.resolve(), taken: 0 };
    if (turn.taken > mostWaiting) throw new Refusal('request.rate-limited', { retryAfterS: 5 });
    turn.taken += 1;
    this.#turns.set(account, turn);
    const own = turn.last.then(work);
    turn.last = own.catch(() => undefined);
    try {
      return await own;
    } finally {
      turn.taken -= 1;
      if (turn.taken === 0) this.#turns.delete(account);
    }
  }
}
