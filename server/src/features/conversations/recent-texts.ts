import { postedKinds, type PostedKind } from '@samtal/contract/conversations';
import type { Scope } from '@samtal/contract/access';
import type { ReadTx } from '../../platform/database/index.ts';
import { findConversations } from './find-conversations.ts';
import type { ConversationLog, FoundEntry } from './log.ts';

/** So many of the newest conversations are looked into. */
const conversations = 100;

export interface RecentText extends FoundEntry<PostedKind> {
  readonly caseId: string;
  /** Null when the site is gone. */
  readonly channelId: string | null;
}

export interface RecentTexts {
  readonly texts: RecentText[];
  /** How many could not be opened. */
  readonly unreadable: number;
}

/** The newest messages and notes of the newest conversations in these scopes, of one channel where that is given. */
export async function recentTexts(
  tx: ReadTx,
  log: ConversationLog,
  account: string,
  { scopes, channelId, limit }: { scopes: readonly Scope[]; channelId: string | null; limit: number },
): Promise<RecentTexts> {
  const { rows } = await findConversations(tx, account, scopes, {
    limit: conversations,
    ...(channelId === null ? {} : { alsoWithin: [{ site: [channelId] }] }),
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const { found, unreadable } = await log.newest(tx, account, {
    ids: [...byId.keys()],
    kinds: postedKinds,
    limit,
  });
  const texts = found.flatMap((text) => {
    const row = byId.get(text.conversationId);
    return row === undefined ? [] : [{ ...text, caseId: row.case_id, channelId: row.site_id }];
  });
  return { texts, unreadable };
}
