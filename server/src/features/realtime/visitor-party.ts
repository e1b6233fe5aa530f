import { conversationOf } from '@samtal/contract/conversations';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { findConversation, visitorMessage, type PostQueue } from '../conversations/index.ts';
import type { Masker } from '../masking/index.ts';
import { visitorSessionStands, type VisitorSession } from '../widget/index.ts';
import type { Party } from './party.ts';
import type { Receipts } from './receipts.ts';

/**
 * Whoever writes fast is not asked each time whether their session stands: what ends it closes the socket as well. Asking for each
 * message took half of all that a node can do.
 */
const standsMs = 1_000;

export interface VisitorPartyParts {
  readonly database: Database;
  readonly posts: PostQueue;
  readonly masker: Masker;
  readonly receipts: Receipts;
  readonly visited: (path: string) => void;
}

/** A visitor at the other end: follows and writes to the public stream of their own conversations, nothing else. */
export function visitorParty(
  session: VisitorSession & { sessionLifeMinutes: number },
  { database, posts, masker, receipts, visited }: VisitorPartyParts,
): Party {
  const { accountId: account, visitorId } = session;
  let stoodAt = 0;
  const refuseEnded = async (tx: ReadTx) => {
    if (!(await visitorSessionStands(tx, account, session))) throw new Refusal('visitors.session-ended');
  };
  return {
    kind: 'visitor',
    account,
    session: visitorId,
    userId: null,
    sessionLifeMinutes: session.sessionLifeMinutes,
    admit: async (tx, stream) => {
      await refuseEnded(tx);
      const conversation = await findConversation(tx, account, conversationOf(stream));
      if (conversation.visitor_id !== visitorId || !stream.endsWith(':public'))
        throw new Refusal('not-found');
      return 'as-written';
    },
    post: async ({ cid, stream, kind, text: written }) => {
      if (kind !== 'message' || !stream.endsWith(':public')) throw new Refusal('request.invalid');
      if (Date.now() - stoodAt > standsMs) {
        await database.read(account, refuseEnded);
        stoodAt = Date.now();
      }
      const place = { writer: visitorId, channelId: session.siteId, side: 'visitor' } as const;
      const text = await masker.maskMessage(account, place, written);
      return await posts.submit(account, visitorMessage(session, conversationOf(stream), { cid, text }));
    },
    seen: (stream, delivered, read) => {
      receipts.note({
        account,
        conversation: conversationOf(stream),
        visitorDelivered: delivered,
        visitorRead: read,
      });
    },
    talksAt: async (tx, stream) => {
      const { visitor_id, state, site_id } = await findConversation(tx, account, conversationOf(stream));
      return visitor_id === visitorId && state === 'active' ? site_id : null;
    },
    visited,
    stillIn: async () =>
      await database.read(account, async (tx) => await visitorSessionStands(tx, account, session)),
  };
}
