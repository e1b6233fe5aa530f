import { randomBytes, randomUUID } from 'node:crypto';
import type { Database, Tx } from '../database/index.ts';
import type { Fanout } from '../fanout/index.ts';
import { CiphertextError, deriveKey, seal, type SealingKey } from './ciphertext.ts';
import { ExpiringCache } from './expiring-cache.ts';
import type { Keyring } from './keyring.ts';
import { isUnreadable } from './is-unreadable.ts';
import { rotateBucket, type Rotation } from './rotate-bucket.ts';
import {
  keyPlace,
  openWrappedKey,
  originalKeyPlace,
  type OriginalKeyRow,
  type OriginalPlace,
} from './wrapped-keys.ts';

/** What one bucket holds at most: re-wrapping that many keys after an erasure takes about 90 ms. */
const conversationsPerBucket = 4096;
const cacheSize = 20_000;
const cacheMs = 5 * 60_000;

/** A version of a bucket's key that has to go, since something under it was erased. */
export interface MarkedBucket {
  readonly bucket: string;
  readonly version: number;
}

/**
 * The keys of conversations: made with them, wrapped in the database, and kept unwrapped for five minutes at most, and
 * no longer than until a node says that it destroyed some of the account's.
 */
export class ConversationKeys {
  readonly #keyring: Keyring;
  readonly #bucketSize: number;
  readonly #fanout: Fanout | null;
  readonly #cache = new ExpiringCache<SealingKey>({ lifeMs: cacheMs, size: cacheSize });

  constructor(
    keyring: Keyring,
    { bucketSize = conversationsPerBucket, fanout }: { bucketSize?: number; fanout?: Fanout } = {},
  ) {
    this.#keyring = keyring;
    this.#bucketSize = bucketSize;
    this.#fanout = fanout ?? null;
    fanout?.listen((announcement) => {
      if (announcement.kind === 'keys-destroyed') this.#forget(announcement.account);
    });
  }

  /** Makes the key of a conversation that is being made in `tx`. */
  async create(tx: Tx, account: string, conversation: string): Promise<SealingKey> {
    const { id: bucket, version } = await this.#bucketWithRoom(tx, account);
    const raw = randomBytes(32);
    const key = deriveKey(raw, 1);
    const wrapped = seal(
      await this.#keyring.bucketKey(account, bucket, version),
      keyPlace(account, conversation),
      raw,
    );
    raw.fill(0);
    await tx.sql
      .insertInto('conversation_key')
      .values({
        account_id: account,
        conversation_id: conversation,
        bucket_id: bucket,
        wrapped,
        commitment: key.commitment,
      })
      .execute();
    return key;
  }

  /**
   * The keys of these conversations, by conversation id. One that has no key any more is left out: it was erased. Throws when
   * one of them cannot be opened.
   */
  async of(tx: Tx, account: string, conversations: readonly string[]): Promise<Map<string, SealingKey>> {
    const { keys, faults } = await this.#open(tx, account, conversations);
    for (const fault of faults.values()) throw fault;
    return keys;
  }

  /** The same for whoever goes on without those that cannot be opened: these are `unreadable`. */
  async readable(
    tx: Tx,
    account: string,
    conversations: readonly string[],
  ): Promise<{ keys: Map<string, SealingKey>; unreadable: string[] }> {
    const { keys, faults } = await this.#open(tx, account, conversations);
    return { keys, unreadable: [...faults.keys()] };
  }

  async #open(
    tx: Tx,
    account: string,
    conversations: readonly string[],
  ): Promise<{ keys: Map<string, SealingKey>; faults: Map<string, Error> }> {
    const keys = new Map<string, SealingKey>();
    const faults = new Map<string, Error>();
    for (const id of conversations) {
      const cached = this.#cache.get(`${account}/${id}`);
      if (cached !== undefined) keys.set(id, cached);
    }
    const missing = conversations.filter((id) => !keys.has(id));
    if (missing.length === 0) return { keys, faults };
    const rows = await tx.sql
      .selectFrom('conversation_key')
      .selectAll()
      .where('account_id', '=', account)
      .where('conversation_id', 'in', missing)
      .execute();
    for (const row of rows) {
      try {
        const key = await openWrappedKey(this.#keyring, row);
        if (key === null) continue;
        this.#cache.set(`${account}/${row.conversation_id}`, key);
        keys.set(row.conversation_id, key);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        faults.set(row.conversation_id, error);
      }
    }
    return { keys, faults };
  }

  async one(tx: Tx, account: string, conversation: string): Promise<SealingKey> {
    const key = (await this.of(tx, account, [conversation])).get(conversation);
    if (key === undefined) throw new CiphertextError('The conversation has no key: it was erased');
    return key;
  }

  /**
   * Makes keys for originals of these entries, each under the key of its conversation's bucket, in their order. Until the
   * transaction ends, those buckets are not rotated.
   */
  async makeForOriginals(
    tx: Tx,
    account: string,
    places: readonly OriginalPlace[],
  ): Promise<{ row: OriginalKeyRow; key: SealingKey }[]> {
    const buckets = new Map(
      (
        await tx.sql
          .selectFrom('key_bucket')
          .innerJoin('conversation_key', (join) =>
            join
              .onRef('conversation_key.account_id', '=', 'key_bucket.account_id')
              .onRef('conversation_key.bucket_id', '=', 'key_bucket.id'),
          )
          .select(['conversation_id', 'key_bucket.id', 'key_version'])
          .where('key_bucket.account_id', '=', account)
          .where(
            'conversation_id',
            'in',
            places.map((place) => place.conversation_id),
          )
          .orderBy('key_bucket.id')
          .forKeyShare('key_bucket')
          .execute()
      ).map((row) => [row.conversation_id, row]),
    );
    const made: { row: OriginalKeyRow; key: SealingKey }[] = [];
    for (const { conversation_id, audience, seq } of places) {
      const bucket = buckets.get(conversation_id);
      if (bucket === undefined) throw new CiphertextError('The conversation has no key: it was erased');
      const raw = randomBytes(32);
      const key = deriveKey(raw, 1);
      const place = { conversation_id, audience, seq };
      const wrapping = await this.#keyring.bucketKey(account, bucket.id, bucket.key_version);
      const wrapped = seal(wrapping, originalKeyPlace(account, place), raw);
      raw.fill(0);
      const { commitment } = key;
      made.push({ row: { account_id: account, ...place, bucket_id: bucket.id, wrapped, commitment }, key });
    }
    return made;
  }

  /** The key of an original; null when it was destroyed. Throws CiphertextError when the row is not what was written. */
  async ofOriginal(row: OriginalKeyRow): Promise<SealingKey | null> {
    return await openWrappedKey(this.#keyring, row);
  }

  /**
   * Marks the buckets of these conversations, before keys of theirs are deleted: the keys.rotate job gives those buckets new
   * keys within the hour and destroys the old ones, and with them every copy of what is erased (G9). Answers with
   * the versions that have to go; {@link ConversationKeys.areDestroyed} says when they are.
   */
  async markForRotation(tx: Tx, account: string, conversations: readonly string[]): Promise<MarkedBucket[]> {
    // In the order of their ids, so that two erasures do not wait for each other.
    const buckets = await tx.sql
      .selectFrom('key_bucket')
      .select(['id', 'key_version'])
      .where('account_id', '=', account)
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('conversation_key')
          .select('bucket_id')
          .where('account_id', '=', account)
          .where('conversation_id', '=', (of) => of.fn.any(of.val([...conversations]))),
      )
      .orderBy('id')
      // As strong as the update below, and no stronger: originals are written meanwhile.
      .forNoKeyUpdate()
      .execute();
    if (buckets.length === 0) return [];
    await tx.sql
      .updateTable('key_bucket')
      .set((eb) => ({ dirty_since: eb.fn.coalesce('dirty_since', eb.fn<Date>('now')) }))
      .where('account_id', '=', account)
      .where(
        'id',
        'in',
        buckets.map(({ id }) => id),
      )
      .execute();
    return buckets.map(({ id, key_version: version }) => ({ bucket: id, version }));
  }

  /**
   * Erases the keys of these conversations: marks their buckets, deletes the wrapped keys, and once that is committed has
   * every node drop what it has unwrapped of the account.
   */
  async destroy(tx: Tx, account: string, conversations: readonly string[]): Promise<MarkedBucket[]> {
    const marked = await this.markForRotation(tx, account, conversations);
    await tx.sql
      .deleteFrom('conversation_key')
      .where('account_id', '=', account)
      .where('conversation_id', '=', (eb) => eb.fn.any(eb.val([...conversations])))
      .execute();
    tx.afterCommit(() => this.announceDestroyed(account));
    return marked;
  }

  /** Whether all of these versions are destroyed, so that only a backup of the keyring can still have them. */
  async areDestroyed(tx: Tx, account: string, marked: readonly MarkedBucket[]): Promise<boolean> {
    if (marked.length === 0) return true;
    const rows = await tx.sql
      .selectFrom('key_bucket')
      .select(['id', 'oldest_version'])
      .where('account_id', '=', account)
      .where(
        'id',
        'in',
        marked.map(({ bucket }) => bucket),
      )
      .execute();
    const oldest = new Map(rows.map((row) => [row.id, row.oldest_version]));
    return marked.every(({ bucket, version }) => (oldest.get(bucket) ?? Infinity) > version);
  }

  /** Gives a marked bucket a new key and destroys the old one, on disk and in the memory of every node. */
  async rotate(database: Database, account: string, bucket: string): Promise<Rotation> {
    const rotation = await rotateBucket(database, this.#keyring, { account, bucket });
    this.announceDestroyed(account);
    return rotation;
  }

  /** Destroys every key of an account at once, on disk and in the memory of every node. */
  async destroyAccount(account: string): Promise<void> {
    await this.#keyring.destroyAccount(account);
    this.announceDestroyed(account);
  }

  /** For whoever destroyed keys of the account in the keyring: no node keeps them in memory. */
  announceDestroyed(account: string): void {
    this.#forget(account);
    this.#fanout?.announce({ kind: 'keys-destroyed', account });
  }

  #forget(account: string): void {
    this.#cache.deleteWhere((id) => id.startsWith(`${account}/`));
    this.#keyring.forget(account);
  }

  /** The bucket being filled. The row lock makes the count right, and holds back its rotation; a full one is followed. */
  async #bucketWithRoom(tx: Tx, account: string): Promise<{ id: string; version: number }> {
    const open = await tx.sql
      .updateTable('key_bucket')
      .set((eb) => ({ conversations: eb('conversations', '+', 1) }))
      .where('account_id', '=', account)
      .where('id', '=', (eb) =>
        eb
          .selectFrom('key_bucket')
          .select('id')
          .where('account_id', '=', account)
          .where('conversations', '<', this.#bucketSize)
          .orderBy('opened_at')
          .limit(1),
      )
      .where('conversations', '<', this.#bucketSize)
      .returning(['id', 'key_version'])
      .executeTakeFirst();
    if (open !== undefined) return { id: open.id, version: open.key_version };
    const id = randomUUID();
    // The key first: a bucket without conversations does no harm, a conversation without a key would be lost.
    await this.#keyring.createBucket(account, id);
    await tx.sql.insertInto('key_bucket').values({ account_id: account, id, conversations: 1 }).execute();
    return { id, version: 1 };
  }
}
