import { urlOf } from '@samtal/contract/endpoint';
import * as contract from '@samtal/contract/media';
import type { Tx } from '../../platform/database/index.ts';
import { found, Refusal, type HttpServer, type Member, type Visitor } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import {
  agentFile,
  findConversation,
  latestConversation,
  mayRead,
  ownConversation,
  visibleConversation,
  visitorFile,
  type Outcome,
} from '../conversations/index.ts';
import { readSettings } from '../settings/index.ts';
import { fileLinkToken, readFileLinkToken } from './file-links.ts';
import type { MediaParts } from './media.ts';
import { mayLink, openFileAsMember, openFileAsVisitor, openFileByLink, readableMedia } from './open-file.ts';
import { readFileRules } from './rules.ts';
import { sendFile } from './send-file.ts';

export function mediaRoutes(
  http: HttpServer,
  { keyring, publicUrl, ...parts }: MediaParts & { keyring: Keyring; publicUrl: URL },
): void {
  const { database } = parts;
  const linkKey = keyring.purposeKey('file-links');

  http.serve(
    contract.getFileRules,
    async ({ caller, params }) =>
      await database.read(caller.accountId, async (tx) => {
        const conversation = await visibleConversation(tx, caller, params.conversationId);
        const channelId = conversation.site_id;
        const isOwn = conversation.state === 'active' && conversation.agent_id === caller.userId;
        const settings = await readSettings(tx, caller.accountId, channelId);
        return {
          send: isOwn ? await readFileRules(tx, caller.accountId, { channelId, side: 'agent' }) : null,
          mayLink: !settings['media.access-enforced'] && (await mayRead(tx, caller, conversation)),
        };
      }),
  );

  http.serve(contract.sendFile, async ({ caller, params: { conversationId, cid }, file }) => {
    const outcome = await sendFile(parts, {
      account: caller.accountId,
      conversationId,
      sentBy: caller.userId,
      file,
      place: async (tx) => {
        const { site_id } = await ownConversation(tx, caller, conversationId);
        return { channelId: site_id, side: 'agent' };
      },
      entry: (sent) => agentFile(caller, conversationId, { cid, file: sent }),
    });
    return presented(outcome);
  });

  http.serve(
    contract.openFile,
    async ({ caller, params }) => await openFileAsMember(parts, caller, params.mediaId),
  );

  http.serve(
    contract.createFileLink,
    async ({ caller, params }) =>
      await database.transaction(caller.accountId, async (tx) => {
        const expiresAt = await grantLink(tx, caller, params.mediaId);
        const token = fileLinkToken(
          linkKey,
          { account: caller.accountId, mediaId: params.mediaId },
          expiresAt,
        );
        const url = new URL(urlOf(contract.openFileLink, { params: { token } }), publicUrl);
        return { url: url.href, expiresAt: expiresAt.toISOString() };
      }),
  );

  http.serve(contract.openFileLink, async ({ params }) => {
    const linked = found(readFileLinkToken(linkKey, params.token, new Date()));
    return await openFileByLink(parts, linked);
  });

  http.serve(contract.sendVisitorFile, async ({ caller, params: { cid }, file }) => {
    const conversationId = await openConversationId(parts, caller);
    const outcome = await sendFile(parts, {
      account: caller.accountId,
      conversationId,
      sentBy: caller.visitorId,
      file,
      place: async () => ({ channelId: caller.siteId, side: 'visitor' }),
      entry: (sent) => visitorFile(caller, conversationId, { cid, file: sent }),
    });
    return presented(outcome);
  });

  http.serve(
    contract.openVisitorFile,
    async ({ caller, params }) => await openFileAsVisitor(parts, caller, params.mediaId),
  );
}

function presented({ seq, at, duplicate }: Outcome & { written: true }) {
  return { seq, at: at.toISOString(), duplicate };
}

/** Until when a link may open the file. That one was made is on the audit trail. */
async function grantLink(tx: Tx, member: Member, mediaId: string): Promise<Date> {
  const row = await readableMedia(tx, member, mediaId);
  if (!(await mayLink(tx, row))) throw new Refusal('media.access-enforced');
  const { site_id } = await findConversation(tx, member.accountId, row.conversation_id);
  const hours = (await readSettings(tx, member.accountId, site_id))['media.link-hours'];
  const expiresAt = new Date(Date.now() + hours * 3_600_000);
  await recordAudit(tx, member.accountId, {
    action: 'media.link-made',
    actor: member.actor,
    subject: { kind: 'file', id: mediaId },
    details: { conversationId: row.conversation_id, expiresAt: expiresAt.toISOString() },
  });
  return expiresAt;
}

async function openConversationId({ database }: MediaParts, visitor: Visitor): Promise<string> {
  const conversation = found(
    await database.read(visitor.accountId, async (tx) => await latestConversation(tx, visitor)),
  );
  if (conversation.state === 'resolved') throw new Refusal('conversations.closed');
  return conversation.id;
}
