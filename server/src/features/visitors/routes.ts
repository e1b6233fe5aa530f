import * as contract from '@samtal/contract/visitors';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { Refusal, type HttpServer } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';
import {
  findConversations,
  isOwn,
  isWithin,
  presentConversations,
  visibleConversation,
} from '../conversations/index.ts';
import { declaredAttributes } from './declared-attributes.ts';
import { findConversationsByAttributes } from './find-by-attribute.ts';
import { readProfile } from './read-profile.ts';
import type { VisitorsParts } from './visitors-parts.ts';

export function visitorsRoutes(
  http: HttpServer,
  { database, keys, keyring, log }: VisitorsParts & { database: Database },
): void {
  http.serve(contract.listAttributes, async ({ caller: { accountId } }) => ({
    items: [
      ...(await database.read(accountId, async (tx) => await declaredAttributes(tx, accountId))).values(),
    ],
  }));

  http.serve(
    contract.getProfile,
    async ({ caller, params }) =>
      await database.transaction(caller.accountId, async (tx) => {
        const conversation = await visibleConversation(tx, caller, params.conversationId);
        const own = isOwn(conversation, caller.userId);
        const scopes = scopesOf(caller, 'visitors.read');
        if (!own && !(await isWithin(tx, caller.accountId, conversation.id, scopes)))
          throw new Refusal('access.forbidden');
        await recordAudit(tx, caller.accountId, {
          action: 'visitors.profile-read',
          actor: caller.actor,
          subject: { kind: 'conversation', id: conversation.id },
          details: { own },
        });
        return {
          verifiedAt: conversation.verified_at?.toISOString() ?? null,
          items: await readProfile(tx, keys, caller.accountId, conversation.id),
        };
      }),
  );

  http.serve(
    contract.findByAttributes,
    async ({ caller, body: { attributes, ...criteria } }) =>
      await database.transaction(caller.accountId, async (tx) => {
        const { rows, next } = await findConversations(
          tx,
          caller.accountId,
          scopesOf(caller, 'conversations.find'),
          {
            ...criteria,
            among: await findConversationsByAttributes(tx, keyring, caller.accountId, attributes),
            alsoWithin: scopesOf(caller, 'visitors.find'),
          },
        );
        await recordAudit(tx, caller.accountId, {
          action: 'conversations.searched',
          actor: caller.actor,
          details: {
            by: Object.keys(criteria),
            attributes: attributes.map(({ key }) => key),
            found: rows.length,
          },
        });
        const readable = (row: (typeof rows)[number]) => isOwn(row, caller.userId);
        return { items: await presentConversations(tx, log, caller.accountId, { rows, readable }), next };
      }),
  );
}
