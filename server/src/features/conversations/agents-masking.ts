import type { Database } from '../../platform/database/index.ts';
import type { Masker, MaskedText } from '../masking/index.ts';

const keptChannels = 10_000;

/** Masks what agents write, by the settings of the conversation's channel. */
export class AgentsMasking {
  readonly #database: Database;
  readonly #masker: Masker;
  /** A conversation stays with its channel, so it is asked for once; what waits for the answer keeps its order. */
  readonly #channels = new Map<string, Promise<string | null>>();

  constructor(database: Database, masker: Masker) {
    this.#database = database;
    this.#masker = masker;
  }

  async mask(account: string, conversationId: string, text: string): Promise<MaskedText> {
    const channelId = await this.#channelOf(account, conversationId);
    const writer = `agents of ${conversationId}`;
    return await this.#masker.maskMessage(account, { writer, channelId, side: 'agent' }, text);
  }

  async #channelOf(account: string, conversationId: string): Promise<string | null> {
    const key = `${account}/${conversationId}`;
    const known = this.#channels.get(key);
    if (known !== undefined) return await known;
    if (this.#channels.size >= keptChannels) this.#channels.clear();
    const channel = this.#readChannel(account, conversationId);
    this.#channels.set(key, channel);
    channel.catch(() => this.#channels.delete(key));
    return await channel;
  }

  /** Null for a conversation that is not there, whose posts are refused anyway. */
  async #readChannel(account: string, conversationId: string): Promise<string | null> {
    const row = await this.#database.read(
      account,
      async (tx) =>
        await tx.sql
          .selectFrom('conversation')
          .select('site_id')
          .where('account_id', '=', account)
          .where('id', '=', conversationId)
          .executeTakeFirst(),
    );
    return row?.site_id ?? null;
  }
}
