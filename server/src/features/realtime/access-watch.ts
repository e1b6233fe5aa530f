import type { Database } from '../../platform/database/index.ts';

/** Notices that what members may do has changed, whichever node or command changed it. */
export class AccessWatch {
  readonly #database: Database;
  #known = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Those of the accounts in which access changed since they were asked about last; one that is asked about first has. */
  async changedIn(accounts: readonly string[]): Promise<string[]> {
    if (accounts.length === 0) {
      this.#known.clear();
      return [];
    }
    const rows = await this.#database.read(
      'platform',
      async (tx) =>
        await tx.sql
          .selectFrom('account')
          .select(['id', 'access_revision'])
          .where((eb) => eb('id', '=', eb.fn.any(eb.val([...accounts]))))
          .execute(),
    );
    const before = this.#known;
    this.#known = new Map(rows.map(({ id, access_revision: revision }) => [id, revision]));
    return [...this.#known].filter(([id, revision]) => before.get(id) !== revision).map(([id]) => id);
  }
}
