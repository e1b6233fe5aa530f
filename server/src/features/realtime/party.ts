import type { PostedKind, StreamName } from '@samtal/contract/conversations';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import type { Outcome, Shown } from '../conversations/index.ts';

/** Who is at the other end of a connection, and what they may do: an agent, or a visitor. */
export interface Party {
  readonly kind: 'agent' | 'visitor';
  readonly account: string;
  /** The session the connection stands on: it ends with it. */
  readonly session: string;
  /** The user's id of an agent; null for visitors and operators. */
  readonly userId: string | null;
  /** Operators whom the account has let in: when the connection ends, whatever else happens (B4). */
  readonly endsAt?: Date;
  /** Visitors: how long their session outlives the last contact. */
  readonly sessionLifeMinutes?: number;
  /**
   * How the stream is shown to them. Throws a Refusal unless they may follow it. `again`: this connection has followed it
   * before.
   */
  admit(tx: Tx, stream: StreamName, again: boolean): Promise<Shown>;
  /** Throws a Refusal when it may never be written; anything else thrown may be tried again. */
  post(post: { cid: string; stream: StreamName; kind: PostedKind; text: string }): Promise<Outcome>;
  /** What has arrived and what was read of a public stream. */
  seen(stream: StreamName, delivered: number, read: number): void;
  /** The site of a conversation that this agent has, or this visitor is in, while it is active; null when it is not so. */
  talksAt(tx: ReadTx, stream: StreamName): Promise<string | null>;
  /** Where the visitor is. Agents are nowhere. */
  visited?(path: string): void;
  /** Whether the session still stands. */
  stillIn(): Promise<boolean>;
}
