import { conversationOf } from '@samtal/contract/conversations';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import {
  found,
  Refusal,
  type Member,
  type SignedIn,
  type SignedInMember,
} from '../../platform/http/index.ts';
import {
  findConversation,
  howShown,
  mayRead,
  postAsAgent,
  recordTranscriptRead,
  type AgentsMasking,
  type PostQueue,
} from '../conversations/index.ts';
import type { Party } from './party.ts';
import type { Receipts } from './receipts.ts';

/** Writing is use of the session; once in this time is enough to say so. */
const useMs = 60_000;
/** How long what a member may do is taken as known, between two looks at the database. */
const memberMs = 5_000;

export interface AgentPartyParts {
  readonly database: Database;
  readonly posts: PostQueue;
  readonly receipts: Receipts;
  readonly sessions: UserSessions;
  readonly masking: AgentsMasking;
}

/** The sessions of users, which sockets stand on. */
export interface UserSessions {
  stands(sessionId: string): Promise<boolean>;
  /** Says that the person did something: it puts off the idle end. */
  use(sessionId: string): Promise<void>;
  /** The person as a member; null, or a refusal, when they may not work in the account, from where they are. */
  member(tx: ReadTx, person: SignedIn, accountId: string): Promise<SignedInMember | null>;
}

/** An agent at the other end. What they may do is read anew every few seconds, and at once when it changed. */
export function agentParty(
  first: SignedInMember,
  { database, posts, receipts, sessions, masking }: AgentPartyParts,
): Party {
  const account = first.accountId;
  let member = { known: first, at: Date.now() };
  let usedAt = 0;
  const current = async (): Promise<Member> => {
    if (Date.now() - member.at < memberMs) return member.known;
    const known = await database.read(account, async (tx) => await sessions.member(tx, first, account));
    if (known === null) throw new Refusal('not-found');
    member = { known, at: Date.now() };
    return known;
  };
  return {
    kind: 'agent',
    account,
    session: first.sessionId,
    userId: first.actor.kind === 'user' ? first.userId : null,
    ...(first.endsAt === undefined ? {} : { endsAt: first.endsAt }),
    admit: async (tx, stream, again) => {
      const known = found(await sessions.member(tx, first, account));
      const conversation = await findConversation(tx, account, conversationOf(stream));
      if (!(await mayRead(tx, known, conversation))) throw new Refusal('access.forbidden');
      const shown = await howShown(tx, known, conversation);
      if (!again && stream.endsWith(':public'))
        await recordTranscriptRead(tx, known, { conversation, shown });
      return shown;
    },
    post: async ({ cid, stream, kind, text }) => {
      if (!stream.endsWith(kind === 'note' ? ':internal' : ':public')) throw new Refusal('request.invalid');
      if (Date.now() - usedAt > useMs) {
        usedAt = Date.now();
        await sessions.use(first.sessionId);
      }
      return await postAsAgent(database, posts, await current(), {
        conversationId: conversationOf(stream),
        cid,
        kind,
        text: await masking.mask(account, conversationOf(stream), text),
      });
    },
    seen: (stream, _delivered, read) => {
      if (stream.endsWith(':public')) {
        receipts.note({
          account,
          conversation: conversationOf(stream),
          agentRead: read,
          agent: first.userId,
        });
      }
    },
    talksAt: async (tx, stream) => {
      const { agent_id, state, site_id } = await findConversation(tx, account, conversationOf(stream));
      return agent_id === first.userId && state === 'active' ? site_id : null;
    },
    stillIn: async () => {
      member.at = 0;
      if (!(await sessions.stands(first.sessionId))) return false;
      try {
        return (
          (await database.read(account, async (tx) => await sessions.member(tx, first, account))) !== null
        );
      } catch (error) {
        if (error instanceof Refusal) return false;
        throw error;
      }
    },
  };
}
