import type { Tx } from '../../platform/database/index.ts';
import type { MediaStore, StoredFile } from './media-store.ts';
import { inBatches } from './sweep-media.ts';

type Name = Pick<StoredFile, 'account' | 'mediaId'>;

/**
 * Puts content back into a store beside rows that are being put back in a transaction. Before the commit content is only
 * added, which changes nothing for whoever reads the old rows: ids are random, and what is under one never changes. After the
 * commit what no row leads to is removed. So the store fits the database whichever of the two states that has in the end.
 */
export class ContentRestoration {
  readonly #store: MediaStore;
  readonly #added: Name[] = [];
  readonly #left: { accounts: string[]; files: Name[] } = { accounts: [], files: [] };
  #restored = 0;

  constructor(store: MediaStore) {
    this.#store = store;
  }

  /** Removes what a process that died left half written, so that it can be written now. */
  async begin(): Promise<void> {
    await this.#store.removeUnfinished(new Date(Date.now() + 60_000));
  }

  /** Keeps the content if there is a row for it; that of what was erased meanwhile is read and dropped. `tx` sees all accounts. */
  async put(tx: Tx, { account, mediaId }: Name, sealed: AsyncIterable<Buffer>): Promise<void> {
    const [row] = await rowsOf(tx, account, [mediaId]);
    if (row === undefined) {
      for await (const _piece of sealed);
      return;
    }
    const isNew = (await this.#store.sizeOf(account, mediaId)) === null;
    await this.#store.write(account, mediaId, sealed);
    if (isNew) this.#added.push({ account, mediaId });
    this.#restored += 1;
  }

  /** How many were put back. Finds out what no row leads to, which `complete` removes. */
  async end(tx: Tx): Promise<number> {
    const rows = await tx.sql.selectFrom('account').select('id').execute();
    const accounts = new Set(rows.map(({ id }) => id));
    for await (const { account, mediaIds } of inBatches(this.#store.list(), null)) {
      if (!accounts.has(account)) {
        if (this.#left.accounts.at(-1) !== account) this.#left.accounts.push(account);
        continue;
      }
      const kept = new Set(await rowsOf(tx, account, mediaIds));
      for (const mediaId of mediaIds) if (!kept.has(mediaId)) this.#left.files.push({ account, mediaId });
    }
    return this.#restored;
  }

  /** To be called once the rows are committed. */
  async complete(): Promise<void> {
    for (const account of this.#left.accounts) await this.#store.removeAccount(account);
    for (const { account, mediaId } of this.#left.files) await this.#store.remove(account, mediaId);
  }

  /** To be called while it is certain that nothing will be committed. */
  async undo(): Promise<void> {
    for (const { account, mediaId } of this.#added) await this.#store.remove(account, mediaId);
  }
}

async function rowsOf(tx: Tx, account: string, mediaIds: readonly string[]): Promise<string[]> {
  const rows = await tx.sql
    .selectFrom('media')
    .select('id')
    .where('account_id', '=', account)
    .where('id', 'in', mediaIds)
    .execute();
  return rows.map(({ id }) => id);
}
