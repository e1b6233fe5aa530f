import { endpoint } from '../endpoint/index.ts';
import { changeFields, makingFields, NewestVersion, removal } from '../history/change.ts';
import { changesOf, closed, Id, listOf, Type, type Static } from '../shared/index.ts';

const fields = {
  /** Typed after `/` in the composer: letters, digits and dashes. */
  shortcut: Type.String({ pattern: '^[\\p{L}\\p{N}-]{1,40}$' }),
  /** `{{visitor}}`, `{{agent}}` and `{{case}}` are filled in when the reply is used. */
  text: Type.String({ minLength: 1, maxLength: 4000, pattern: '\\S' }),
};

/** What versions keep of a canned reply (H1). */
export const CannedReplyConfiguration = closed(fields);

export const CannedReply = closed({ id: Id, ...fields, version: NewestVersion });
export type CannedReply = Static<typeof CannedReply>;

const account = { accountId: Id };

export const listCannedReplies = endpoint({
  id: 'canned-replies.listCannedReplies',
  method: 'GET',
  path: '/accounts/{accountId}/canned-replies',
  summary: 'Canned replies, by shortcut',
  access: 'member',
  params: closed(account),
  status: 200,
  response: listOf(CannedReply),
});

export const createCannedReply = endpoint({
  id: 'canned-replies.createCannedReply',
  method: 'POST',
  path: '/accounts/{accountId}/canned-replies',
  summary: 'Write a canned reply',
  access: { holding: 'canned-replies.manage' },
  params: closed(account),
  body: closed({ ...fields, ...makingFields }),
  status: 201,
  response: CannedReply,
  errors: ['names.taken'],
});

export const changeCannedReply = endpoint({
  id: 'canned-replies.changeCannedReply',
  method: 'PATCH',
  path: '/accounts/{accountId}/canned-replies/{replyId}',
  summary: 'Change a canned reply',
  access: { holding: 'canned-replies.manage' },
  params: closed({ ...account, replyId: Id }),
  body: changesOf({ ...fields, ...changeFields }),
  status: 200,
  response: CannedReply,
  errors: ['history.changed-meanwhile', 'names.taken', 'not-found'],
});

export const deleteCannedReply = endpoint({
  id: 'canned-replies.deleteCannedReply',
  method: 'DELETE',
  path: '/accounts/{accountId}/canned-replies/{replyId}',
  summary: 'Delete a canned reply',
  access: { holding: 'canned-replies.manage' },
  params: closed({ ...account, replyId: Id }),
  ...removal,
  status: 204,
  errors: ['not-found'],
});
