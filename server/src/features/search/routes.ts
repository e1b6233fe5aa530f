import * as contract from '@samtal/contract/search';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { Refusal, type HttpServer } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';
import type { ConversationLog } from '../conversations/index.ts';
import { readSettings } from '../settings/index.ts';
import { searchTranscripts } from './search-transcripts.ts';
import { SearchSlots } from './search-slots.ts';

export function searchRoutes(
  http: HttpServer,
  { database, log }: { database: Database; log: ConversationLog },
): void {
  const slots = new SearchSlots();

  http.serve(contract.searchTranscripts, async ({ caller, body: { words, cursor, ...criteria } }) => {
    const { accountId, userId, actor } = caller;
    const settings = await database.read(accountId, async (tx) => await readSettings(tx, accountId));
    if (!settings['search.transcripts']) throw new Refusal('search.off');
    const scopes = scopesOf(caller, 'conversations.read');
    const result = await slots.within(
      userId,
      async () => await searchTranscripts({ database, log }, accountId, { words, cursor, criteria, scopes }),
    );
    await database.transaction(accountId, async (tx) => {
      await recordAudit(tx, accountId, {
        action: 'search.transcripts-searched',
        actor,
        details: {
          by: Object.keys(criteria),
          searched: result.searched,
          total: result.total,
          // Whoever sees an excerpt has read something of that conversation.
          shown: result.items.map(({ conversation }) => conversation.id),
        },
      });
    });
    return result;
  });
}
