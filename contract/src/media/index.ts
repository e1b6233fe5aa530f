import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, nullable, Type, type Static } from '../shared/index.ts';
import { FileRules, mediaTypeNames } from './file.ts';
import { openVisitorFileRoute, sendVisitorFileRoute } from './routes.ts';
import { mediaTypes } from './types.ts';

export * from './file.ts';
export * from './types.ts';

/** As what a file can come down. */
const fileMimes = mediaTypeNames.map((type) => mediaTypes[type].mime) as [string, ...string[]];

const account = { accountId: Id };
const site = { siteKey: Type.String({ pattern: '^[A-Za-z0-9]{20}$' }) };

/** The entry that says that the file was sent. */
const Sent = closed({ seq: Type.Integer(), at: Instant, duplicate: Type.Boolean() });

const refusedFiles = [
  'media.not-allowed',
  'media.type-not-allowed',
  'media.empty',
  'media.too-large',
  'media.content-mismatch',
  'media.content-unsafe',
  'media.image-too-large',
  'media.infected',
  'media.scanner-unavailable',
  'media.too-many',
  'request.media-type',
  'conversations.closed',
  'not-found',
] as const;

const sending =
  'The content is the body as it is; its name is in the header `x-file-name`, as UTF-8 in percent-encoding. The type is ' +
  'the one that the extension says, and the content has to be of it. The same `cid` again returns the first result ' +
  'and keeps nothing.';

/** What the caller may do with files in a conversation (E12). */
export const ConversationFileRules = closed({
  /** Null when the caller may send none. */
  send: nullable(FileRules),
  /** Whether links can be made that open without a session. */
  mayLink: Type.Boolean(),
});
export type ConversationFileRules = Static<typeof ConversationFileRules>;

export const getFileRules = endpoint({
  id: 'media.getFileRules',
  method: 'GET',
  path: '/accounts/{accountId}/conversations/{conversationId}/file-rules',
  summary: 'Which files you may send in a conversation',
  access: 'member',
  params: closed({ ...account, conversationId: Id }),
  status: 200,
  response: ConversationFileRules,
  errors: ['not-found'],
});

export const sendFile = endpoint({
  id: 'media.sendFile',
  method: 'PUT',
  path: '/accounts/{accountId}/conversations/{conversationId}/files/{cid}',
  summary: 'Send a file to the visitor',
  description: sending,
  access: 'member',
  params: closed({ ...account, conversationId: Id, cid: Id }),
  takesFile: true,
  status: 201,
  response: Sent,
  errors: [...refusedFiles, 'conversations.not-yours'],
});

export const openFile = endpoint({
  id: 'media.openFile',
  method: 'GET',
  path: '/accounts/{accountId}/media/{mediaId}',
  summary: 'The content of a file in a conversation that you may read',
  access: 'member',
  params: closed({ ...account, mediaId: Id }),
  media: fileMimes,
  status: 200,
  errors: ['not-found'],
});

export const createFileLink = endpoint({
  id: 'media.createFileLink',
  method: 'POST',
  path: '/accounts/{accountId}/media/{mediaId}/link',
  summary: 'A link that opens a file without a session, for a limited time',
  access: 'member',
  params: closed({ ...account, mediaId: Id }),
  answersOnce: true,
  status: 201,
  response: closed({ url: Type.String(), expiresAt: Instant }),
  errors: ['not-found', 'media.access-enforced'],
});

export const openFileLink = endpoint({
  id: 'media.openFileLink',
  method: 'GET',
  path: '/file-links/{token}',
  summary: 'The content of a file, for whoever has a link to it that has not expired',
  access: 'anyone',
  params: closed({ token: Type.String({ pattern: '^[A-Za-z0-9_-]{91}$' }) }),
  media: fileMimes,
  status: 200,
  errors: ['not-found'],
});

export const sendVisitorFile = endpoint({
  id: 'media.sendVisitorFile',
  ...sendVisitorFileRoute,
  summary: 'The visitor sends a file in the open conversation',
  description: sending,
  access: 'visitor',
  params: closed({ ...site, cid: Id }),
  takesFile: true,
  status: 201,
  response: Sent,
  errors: refusedFiles,
});

export const openVisitorFile = endpoint({
  id: 'media.openVisitorFile',
  ...openVisitorFileRoute,
  summary: 'The content of a file in a conversation of this visitor',
  access: 'visitor',
  params: closed({ ...site, mediaId: Id }),
  media: fileMimes,
  status: 200,
  errors: ['not-found'],
});
