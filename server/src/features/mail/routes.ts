import * as contract from '@samtal/contract/mail';
import type { Database } from '../../platform/database/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import type { ConversationKeys, Keyring } from '../../platform/keys/index.ts';
import type { AgentsMasking } from '../conversations/index.ts';
import { readSettings } from '../settings/index.ts';
import { forwardConversation } from './forward-conversation.ts';
import { isSetUp } from './mail-server.ts';
import { presentForwardings, readableConversation } from './present-forwarding.ts';

export function mailRoutes(
  http: HttpServer,
  {
    database,
    keys,
    keyring,
    masking,
  }: { database: Database; keys: ConversationKeys; keyring: Keyring; masking: AgentsMasking },
): void {
  http.serve(
    contract.forwardConversation,
    async ({ caller, params: { conversationId }, body: { to, note, reason } }) => {
      const mask = async (text: string) => await masking.mask(caller.accountId, conversationId, text);
      const masked = { note: note === undefined ? null : await mask(note), reason: await mask(reason) };
      return await database.transaction(
        caller.accountId,
        async (tx) =>
          await forwardConversation(tx, { keys, keyring }, caller, { conversationId, to, ...masked }),
      );
    },
  );

  http.serve(
    contract.listForwardings,
    async ({ caller, params: { conversationId } }) =>
      await database.read(caller.accountId, async (tx) => {
        const { id, site_id: channelId } = await readableConversation(tx, caller, conversationId);
        const settings = await readSettings(tx, caller.accountId, channelId);
        return {
          ready: isSetUp(settings),
          details: settings['mail.customer-details'],
          listed: [...settings['mail.forwarding-addresses']],
          items: await presentForwardings(tx, keys, caller.accountId, id),
        };
      }),
  );
}
