import { audiences, Conversation, criteria } from '../conversations/index.ts';
import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, nullable, oneOf, Type, type Static } from '../shared/index.ts';

/** A message or note that has all the words. */
export const TranscriptMatch = closed({
  audience: oneOf(...audiences),
  seq: Type.Integer(),
  kind: oneOf('message', 'note'),
  by: oneOf('visitor', 'agent'),
  at: Instant,
  /** About two lines around the first of the words. */
  excerpt: Type.String(),
});
export type TranscriptMatch = Static<typeof TranscriptMatch>;

export const TranscriptFinding = closed({
  conversation: Conversation,
  /** The first three. */
  matches: Type.Array(TranscriptMatch),
  /** How many there are. */
  count: Type.Integer(),
});
export type TranscriptFinding = Static<typeof TranscriptFinding>;

/** Words are in the body, since addresses are kept in many places. */
export const searchTranscripts = endpoint({
  id: 'search.searchTranscripts',
  method: 'POST',
  path: '/accounts/{accountId}/transcript-search',
  summary: 'Search the texts of conversations that you may read, newest first, where the account allows it',
  description:
    'Texts are decrypted one after the other, so a search takes time: each request goes on for at most about two ' +
    'seconds and says how far it came. Give `next` back as `cursor` until it is null; `items` may be empty meanwhile. All ' +
    'words must stand in one message or note, in whatever case. That a search was made is audited, its words are not.',
  access: { holding: 'conversations.read' },
  params: closed({ accountId: Id }),
  body: closed({
    ...criteria,
    words: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S\\s*\\S' }),
    cursor: Type.Optional(Type.String({ maxLength: 300 })),
  }),
  status: 200,
  response: closed({
    items: Type.Array(TranscriptFinding),
    next: nullable(Type.String()),
    /** Conversations that have been searched since the beginning, of how many that there were then. */
    searched: Type.Integer(),
    total: Type.Integer(),
    /** Messages and notes that could not be opened in this request: damaged, or erased at this moment. */
    unreadable: Type.Integer(),
  }),
  errors: ['search.off', 'request.rate-limited'],
});
