import * as contract from '@samtal/contract/conversations';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx, Tx } from '../../platform/database/index.ts';
import { found, Refusal, type HttpServer, type Member } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';
import { readSettings } from '../settings/index.ts';
import type { AgentsMasking } from './agents-masking.ts';
import { byMember } from './by-member.ts';
import { changeTags } from './change-tags.ts';
import type { Desk } from './desk.ts';
import { findConversations } from './find-conversations.ts';
import type { ConversationLog } from './log.ts';
import {
  checkMayBeOffered,
  checkMayDirect,
  findConversation,
  howShown,
  isOwn,
  mayRead,
  visibleConversation,
  type Shown,
} from './policy.ts';
import { postAsAgent } from './post-as-agent.ts';
import type { PostQueue } from './post-queue.ts';
import { presentConversations } from './presenter.ts';
import type { ConversationRow } from './queries.ts';
import { conversationsWithin, isWithin } from './scope.ts';
import { transferConversation } from './transfer-conversation.ts';

export interface ConversationParts {
  readonly database: Database;
  readonly log: ConversationLog;
  readonly posts: PostQueue;
  readonly desk: Desk;
  readonly masking: AgentsMasking;
}

export function conversationsRoutes(
  http: HttpServer,
  { database, log, posts, desk, masking }: ConversationParts,
): void {
  const present = async (
    tx: ReadTx,
    account: string,
    rows: readonly ConversationRow[],
    readable: (row: ConversationRow) => boolean,
  ) => await presentConversations(tx, log, account, { rows, readable });
  /** With what was written last for the agent who has it: anybody else reads the transcript, which is recorded. */
  const presentOne = async (tx: ReadTx, member: Member, row: ConversationRow) =>
    found((await present(tx, member.accountId, [row], (each) => isOwn(each, member.userId)))[0]);
  /** One transition, answered with the conversation as it is then. */
  const change = async (member: Member, work: (tx: Tx) => Promise<ConversationRow>) =>
    await database.transaction(member.accountId, async (tx) => await presentOne(tx, member, await work(tx)));

  http.serve(
    contract.listMyConversations,
    async ({ caller }) =>
      await database.read(caller.accountId, async (tx) => {
        const rows = await tx.sql
          .selectFrom('conversation')
          .selectAll()
          .where('account_id', '=', caller.accountId)
          .where('agent_id', '=', caller.userId)
          .where('state', 'in', ['offered', 'active'])
          .orderBy('started_at')
          .execute();
        return { items: await present(tx, caller.accountId, rows, () => true) };
      }),
  );

  http.serve(
    contract.listWaitingConversations,
    async ({ caller }) =>
      await database.read(caller.accountId, async (tx) => {
        const rows = await conversationsWithin(tx, caller.accountId, scopesOf(caller, 'conversations.take'))
          .where('conversation.state', 'in', ['waiting', 'offered'])
          .orderBy('conversation.queued_at')
          .limit(100)
          .execute();
        return { items: await present(tx, caller.accountId, rows, () => false) };
      }),
  );

  http.serve(
    contract.findConversations,
    async ({ caller, query }) =>
      await database.transaction(caller.accountId, async (tx) => {
        const { rows, next } = await findConversations(
          tx,
          caller.accountId,
          scopesOf(caller, 'conversations.find'),
          query,
        );
        await recordAudit(tx, caller.accountId, {
          action: 'conversations.searched',
          actor: caller.actor,
          details: { by: Object.keys(query), found: rows.length },
        });
        return { items: await present(tx, caller.accountId, rows, (row) => isOwn(row, caller.userId)), next };
      }),
  );

  http.serve(
    contract.getConversation,
    async ({ caller, params }) =>
      await database.read(
        caller.accountId,
        async (tx) =>
          await presentOne(tx, caller, await visibleConversation(tx, caller, params.conversationId)),
      ),
  );

  http.serve(
    contract.readEntries,
    async ({ caller, params, query }) =>
      await database.transaction(caller.accountId, async (tx) => {
        const conversation = await findConversation(tx, caller.accountId, params.conversationId);
        if (!(await mayRead(tx, caller, conversation))) {
          await visibleConversation(tx, caller, params.conversationId);
          throw new Refusal('access.forbidden');
        }
        const after = query.after ?? 0;
        const shown = await howShown(tx, caller, conversation);
        if (after === 0) await recordTranscriptRead(tx, caller, { conversation, shown });
        const { audience = 'public', limit = 200 } = query;
        const at = {
          conversationId: conversation.id,
          audience,
          after,
          limit,
        };
        return shown === 'as-written'
          ? await log.readShown(tx, caller.accountId, at)
          : await log.read(tx, caller.accountId, at);
      }),
  );

  http.serve(contract.postEntry, async ({ caller, params, body }) => {
    const outcome = await postAsAgent(database, posts, caller, {
      conversationId: params.conversationId,
      ...body,
      text: await masking.mask(caller.accountId, params.conversationId, body.text),
    });
    return { seq: outcome.seq, at: outcome.at.toISOString(), duplicate: outcome.duplicate };
  });

  http.serve(
    contract.acceptConversation,
    async ({ caller, params }) =>
      await change(caller, async (tx) => {
        await checkMayBeOffered(tx, caller, params.conversationId);
        return await desk.accept(tx, caller.accountId, params.conversationId, asUser(caller));
      }),
  );

  http.serve(contract.declineConversation, async ({ caller, params }) => {
    await database.transaction(caller.accountId, async (tx) => {
      await checkMayBeOffered(tx, caller, params.conversationId);
      await desk.decline(tx, caller.accountId, params.conversationId, asUser(caller));
    });
    return undefined;
  });

  http.serve(
    contract.takeConversation,
    async ({ caller, params }) =>
      await change(caller, async (tx) => {
        const within = await isWithin(
          tx,
          caller.accountId,
          params.conversationId,
          scopesOf(caller, 'conversations.take'),
        );
        if (!within) throw new Refusal('not-found');
        return await desk.give(tx, caller.accountId, params.conversationId, {
          agent: asUser(caller),
          how: 'take',
        });
      }),
  );

  http.serve(
    contract.transferConversation,
    async ({ caller, params: { conversationId }, body: { note: written, ...to } }) => {
      const { accountId } = caller;
      const note =
        written === undefined ? {} : { note: await masking.mask(accountId, conversationId, written) };
      return await change(caller, async (tx) => {
        await checkMayDirect(tx, caller, await findConversation(tx, accountId, conversationId));
        return await transferConversation(tx, desk, caller, { conversationId, ...to, ...note });
      });
    },
  );

  http.serve(
    contract.resolveConversation,
    async ({ caller, params }) =>
      await change(caller, async (tx) => {
        await checkMayDirect(tx, caller, await findConversation(tx, caller.accountId, params.conversationId));
        return await desk.resolve(tx, caller.accountId, params.conversationId, {
          by: byMember(caller),
          reason: 'agent',
        });
      }),
  );

  http.serve(contract.listTags, async ({ caller: { accountId } }) => ({
    items: [
      ...(await database.read(accountId, async (tx) => await readSettings(tx, accountId)))[
        'conversations.tags'
      ],
    ],
  }));

  http.serve(
    contract.changeTags,
    async ({ caller, params, body }) =>
      await change(caller, async (tx) => await changeTags(tx, log, caller, { ...params, ...body })),
  );
}

/** Who takes a conversation up is a person: no key is admitted to that. */
function asUser(member: Member): { kind: 'user'; id: string; name: string } {
  return { kind: 'user', id: member.userId, name: member.name };
}

/** Reading a transcript from its start is a view of it, and is on the audit trail (H2). */
export async function recordTranscriptRead(
  tx: Tx,
  member: Member,
  { conversation, shown }: { conversation: ConversationRow; shown: Shown },
): Promise<void> {
  await recordAudit(tx, member.accountId, {
    action: 'conversations.transcript-read',
    actor: member.actor,
    subject: { kind: 'conversation', id: conversation.id },
    // What was shown of it: whether numbers that wait to be redacted were among it.
    details: { own: isOwn(conversation, member.userId), shown },
  });
}
