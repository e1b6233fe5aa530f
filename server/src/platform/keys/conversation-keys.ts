import { randomBytes, randomUUID } from 'node:crypto';
import type { Tx } from '../database/index.ts';
import { checkCommitment, CiphertextError, deriveKey, seal, unseal, type SealingKey } from './ciphertext.ts';
import type { Keyring } from './keyring.ts';

/** What one bucket holds at most: re-wrapping that many keys after an erasure takes about 90 ms. */
const conversationsPerBucket = 4096;
const cacheSize = 20_000;
const cacheMs = 5 * 60_000;

/** The keys of conversations: made with them, wrapped in the database, and kept unwrapped for five minutes at most. */
export class ConversationKeys {
  readonly #keyring: Keyring;
  readonly #bucketSize: number;
  readonly #cache = new Map<string, { key: SealingKey; until: number }>();

  constructor(keyring: Keyring, { bucketSize = conversationsPerBucket }: { bucketSize?: number } = {}) {
    this.#keyring = keyring;
    this.#bucketSize = bucketSize;
  }

  /** Makes the key of a conversation that is being made in `tx`. */
  async create(tx: Tx, account: string, conversation: string): Promise<SealingKey> {
    const bucket = await this.#bucketWithRoom(tx, account);
    const raw = randomBytes(32);
    const key = deriveKey(raw, 1);
    const wrapped = seal(
      await this.#keyring.bucketKey(account, bucket),
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

  /** The keys of these conversations, by conversation id. One that has no key any more is left out: it was erased. */
  async of(tx: Tx, account: string, conversations: readonly string[]): Promise<Map<string, SealingKey>> {
    const now = Date.now();
    const keys = new Map<string, SealingKey>();
    for (const id of conversations) {
      const cached = this.#cache.get(`${account}/${id}`);
      if (cached !== undefined && cached.until > now) keys.set(id, cached.key);
    }
    const missing = conversations.filter((id) => !keys.has(id));
    if (missing.length === 0) return keys;
    const rows = await tx.sql
      .selectFrom('conversation_key')
      .selectAll()
      .where('account_id', '=', account)
      .where('conversation_id', 'in', missing)
      .execute();
    for (const row of rows) {
      const raw = unseal(
        await this.#keyring.bucketKey(account, row.bucket_id),
        keyPlace(account, row.conversation_id),
        row.wrapped,
      );
      const key = deriveKey(raw, 1);
      raw.fill(0);
      checkCommitment(key, row.commitment);
      this.#remember(`${account}/${row.conversation_id}`, key, now + cacheMs);
      keys.set(row.conversation_id, key);
    }
    return keys;
  }

  async one(tx: Tx, account: string, conversation: string): Promise<SealingKey> {
    const key = (await this.of(tx, account, [conversation])).get(conversation);
    if (key === undefined) throw new CiphertextError('The conversation has no key: it was erased');
    return key;
  }

  /** The bucket being filled. The row lock makes the count right; a full one is followed by a new one. */
  async #bucketWithRoom(tx: Tx, account: string): Promise<string> {
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
      .returning('id')
      .executeTakeFirst();
    if (open !== undefined) return open.id;
    const id = randomUUID();
    // The key first: a bucket without conversations does no harm, a conversation without a key would be lost.
    await this.#keyring.createBucket(account, id);
    await tx.sql.insertInto('key_bucket').values({ account_id: account, id, conversations: 1 }).execute();
    return id;
  }

  #remember(id: string, key: SealingKey, until: number): void {
    this.#cache.delete(id);
    this.#cache.set(id, { key, until });
    if (this.#cache.size > cacheSize) {
      const oldest = this.#cache.keys().next().value;
      if (oldest !== undefined) this.#cache.delete(oldest);
    }
  }
}

function keyPlace(account: string, conversation: string) {
  return { account, object: conversation, record: 'key', field: 'key' };
}
