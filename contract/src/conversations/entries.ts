import { SentFile } from '../media/file.ts';
import { closed, Id, Instant, nullable, oneOf, Type, type Static } from '../shared/index.ts';
import { AttributeKey } from '../visitors/attributes.ts';
import { maxTextLength } from './streams.ts';

export * from './streams.ts';

export const Text = Type.String({ minLength: 1, maxLength: maxTextLength, pattern: '\\S' });

/** A text that people wrote. Where its long numbers wait to become asterisks (G2), `redaction` says when, and what it is then. */
const Written = closed({
  text: Text,
  redaction: Type.Optional(
    closed({
      /** At the latest; null when the conversation is resolved. */
      at: nullable(Instant),
      text: Text,
    }),
  ),
});

/** The entries of the same stream whose long numbers became asterisks. */
const Redacted = closed({ seqs: Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 }) });

/** A word from the account's list, by which conversations are sorted (E6). */
export const Tag = Type.String({ minLength: 1, maxLength: 40, pattern: '^\\S(.*\\S)?$' });

/** Why a conversation ended: an agent, the visitor, the visitor’s session ran out (E3), or nobody wrote any more (E5). */
export const endings = ['agent', 'visitor', 'session-ended', 'inactivity'] as const;

const agent = { agentId: Id, agentName: Type.String() };

/** Every kind of entry: which stream it stands in and what its body holds. */
export const entryKinds = {
  started: { audience: 'public', body: closed({}) },
  message: { audience: 'public', body: Written },
  file: { audience: 'public', body: SentFile },
  joined: { audience: 'public', body: closed(agent) },
  left: { audience: 'public', body: closed(agent) },
  transferred: { audience: 'public', body: closed({ queueName: nullable(Type.String()) }) },
  /**
   * `text`: what the account says then; without it, each side has words of its own. `asksRating`: the visitor is asked how the
   * conversation went (D7).
   */
  resolved: {
    audience: 'public',
    body: closed({
      by: oneOf(...endings),
      text: Type.Optional(Type.String({ maxLength: 1000 })),
      asksRating: Type.Optional(Type.Literal(true)),
    }),
  },
  /** The conversation ends in so many minutes unless somebody writes (E5). An empty text: the widget’s own words. */
  'inactivity-warning': {
    audience: 'public',
    body: closed({ text: Type.String({ maxLength: 1000 }), minutes: Type.Integer({ minimum: 1 }) }),
  },
  redacted: { audience: 'public', body: Redacted },
  /** Stands where an entry is damaged and cannot be opened (G5). It is shown, and never written. */
  unreadable: { audience: 'public', body: closed({}) },
  note: { audience: 'internal', body: Written },
  offered: { audience: 'internal', body: closed(agent) },
  declined: { audience: 'internal', body: closed(agent) },
  missed: { audience: 'internal', body: closed(agent) },
  tagged: { audience: 'internal', body: closed({ added: Type.Array(Tag), removed: Type.Array(Tag) }) },
  /** The visitor's profile changed: which attributes, never their values; whether by a ticket, which says who it is (C9). */
  profile: {
    audience: 'internal',
    body: closed({ keys: Type.Array(AttributeKey), verified: Type.Optional(Type.Literal(true)) }),
  },
  'notes-redacted': { audience: 'internal', body: Redacted },
  'note-unreadable': { audience: 'internal', body: closed({}) },
  connection: { audience: 'internal', body: closed({ state: oneOf('weak', 'lost', 'back') }) },
} as const;

export type EntryKind = keyof typeof entryKinds;
export type EntryBody<Kind extends EntryKind> = Static<(typeof entryKinds)[Kind]['body']>;

/** The kinds that people post as text. A file is sent by an upload; the others the platform writes when something happens. */
export const postedKinds = ['message', 'note'] as const;
export type PostedKind = (typeof postedKinds)[number];

/** The kinds after which a conversation is not silent (E5). */
export const interactionKinds: readonly EntryKind[] = ['message', 'file', 'joined'];

export const Actor = closed({
  kind: oneOf('visitor', 'agent', 'system'),
  /** The user’s id for an agent; null for visitor and system. */
  id: nullable(Id),
  name: nullable(Type.String()),
});
export type Actor = Static<typeof Actor>;

/** One entry as a client sees it. `cid` is the id its author’s client gave it; null for entries of the platform. */
export const Entry = closed({
  seq: Type.Integer({ minimum: 1 }),
  kind: oneOf(...(Object.keys(entryKinds) as [EntryKind, ...EntryKind[]])),
  at: Instant,
  actor: Actor,
  cid: nullable(Id),
  /** Fits `entryKinds[kind].body`. */
  body: Type.Object({}, { additionalProperties: true }),
});
type EntryOf<Kind extends EntryKind> = {
  seq: number;
  kind: Kind;
  at: string;
  actor: Actor;
  cid: string | null;
  body: EntryBody<Kind>;
};
export type Entry = { [Kind in EntryKind]: EntryOf<Kind> }[EntryKind];

/** A stretch of one stream. `head` is its last seq, so a page is the last one when it ends there. */
export type EntryPage = { epoch: string; head: number; entries: Entry[] };
export const EntryPage = Type.Unsafe<EntryPage>(
  closed({
    /** Changes when the log was restored from a backup: everything known before must be dropped. */
    epoch: Id,
    head: Type.Integer(),
    entries: Type.Array(Entry),
  }),
);
