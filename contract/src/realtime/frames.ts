import { Entry, maxTextLength, postedKinds, type StreamName } from '../conversations/entries.ts';
import type { ErrorCode } from '../errors/index.ts';
import { publicKeyPattern, sealedPattern } from '../session-data/sealing.ts';
import { closed, Id, oneOf, Type, type Static } from '../shared/index.ts';
import { protocolVersion } from './protocol.ts';

const Stream = Type.Unsafe<StreamName>(
  Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:(public|internal)$' }),
);
const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const PublicKey = Type.String({ pattern: publicKeyPattern });

/** What a client may send. Anything else closes the connection with 1008. */
export const clientFrames = {
  /** First frame, within five seconds. `credential`: an agent’s ticket or a visitor’s session token. */
  hello: closed({
    t: Type.Literal('hello'),
    protocol: Type.Literal(protocolVersion),
    credential: Type.String({ minLength: 20, maxLength: 200 }),
  }),
  /** Follow streams from a seq on. `epoch` is the one the client’s entries belong to; absent when it has none. */
  sub: closed({
    t: Type.Literal('sub'),
    streams: Type.Array(closed({ stream: Stream, epoch: Type.Optional(Id), after: Seq }), {
      minItems: 1,
      maxItems: 50,
    }),
  }),
  unsub: closed({ t: Type.Literal('unsub'), streams: Type.Array(Stream, { minItems: 1, maxItems: 50 }) }),
  post: closed({
    t: Type.Literal('post'),
    /** A UUIDv7 of the client’s making; the same one again is answered, not written. */
    cid: Id,
    stream: Stream,
    kind: oneOf(...postedKinds),
    text: Type.String({ minLength: 1, maxLength: maxTextLength, pattern: '\\S' }),
  }),
  /** What has arrived here and what a person has looked at; both only ever grow. */
  seen: closed({ t: Type.Literal('seen'), stream: Stream, delivered: Seq, read: Seq }),
  typing: closed({ t: Type.Literal('typing'), stream: Stream, on: Type.Boolean() }),
  /** Visitors: where they are, as a path without query and fragment (G10). Only where the widget’s configuration asks for it. */
  page: closed({ t: Type.Literal('page'), path: Type.String({ pattern: '^/[^?#\\s]*$', maxLength: 300 }) }),
  /** Agents: to which key session data is to be sealed (E9). Counts while this connection follows the conversation and has it. */
  'show-key': closed({ t: Type.Literal('show-key'), stream: Stream, key: PublicKey }),
  /** Visitors: asks for that key, as often as it is not known. */
  'show-ask': closed({ t: Type.Literal('show-ask'), stream: Stream }),
  /** Visitors: session data sealed to that key. It replaces what this connection showed before. */
  show: closed({
    t: Type.Literal('show'),
    stream: Stream,
    key: PublicKey,
    sealed: Type.String({ pattern: sealedPattern }),
  }),
  /** `waitingMs`: the age of the oldest post without an acknowledgement. */
  pong: closed({ t: Type.Literal('pong'), n: Type.Integer(), waitingMs: Type.Integer({ minimum: 0 }) }),
} as const;

export type ClientFrame = {
  [Kind in keyof typeof clientFrames]: Static<(typeof clientFrames)[Kind]>;
}[keyof typeof clientFrames];

export const ClientFrameSchema = Type.Union(Object.values(clientFrames));

export { Entry };

/** What an agent’s page shows of the account; `access` is what the agent may do there. */
export type ChangedList = 'mine' | 'waiting' | 'presence' | 'access';

/** What a server sends. */
export type ServerFrame =
  | { t: 'welcome'; node: string; heartbeatMs: number }
  /** The subscription stands; entries up to `head` follow. */
  | { t: 'subbed'; stream: StreamName; epoch: string; head: number }
  /** The client must drop what it has of the stream and load it over HTTP. */
  | { t: 'reset'; stream: StreamName; epoch: string; head: number }
  /** The stream is not there for this caller. */
  | { t: 'gone'; stream: StreamName }
  | { t: 'entries'; stream: StreamName; entries: Entry[] }
  /** Sent only after COMMIT (E4). */
  | { t: 'ack'; cid: string; stream: StreamName; seq: number; at: string; duplicate: boolean }
  /** Refused; with `retryAfterMs` the client tries again, without it the post has failed. */
  | { t: 'nack'; cid: string; code: ErrorCode; retryAfterMs?: number }
  | { t: 'receipts'; stream: StreamName; visitorDelivered: number; visitorRead: number; agentRead: number }
  | { t: 'typing'; stream: StreamName; actor: 'visitor' | 'agent'; name: string | null; on: boolean }
  /** Visitors: to which key session data is to be sealed. Comes when asked for, and whenever there is another one. */
  | { t: 'show-key'; stream: StreamName; key: string }
  /** The agent who announced the key: what a page shows, sealed. `from` names the page’s connection; null: it shows nothing any more. */
  | { t: 'show'; stream: StreamName; from: string; sealed: string | null }
  /** Visitors: how many conversations are ahead in the queue. */
  | { t: 'place'; stream: StreamName; ahead: number }
  /** Agents: what is worth loading again. A hint; all of it is also loaded after every reconnect. */
  | { t: 'changed'; lists: ChangedList[] }
  | { t: 'ping'; n: number }
  /** This node is going away: connect again, to another one, within the given time. */
  | { t: 'drain'; withinMs: number }
  /** Said before the server closes the connection. */
  | { t: 'bye'; code: ErrorCode };
