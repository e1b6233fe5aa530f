import type { Scope } from '@samtal/contract/access';
import { postedKinds, type PostedKind } from '@samtal/contract/conversations';
import type { TranscriptFinding, TranscriptMatch } from '@samtal/contract/search';
import type { Database } from '../../platform/database/index.ts';
import {
  countConversations,
  findConversations,
  presentConversations,
  type ConversationLog,
  type ConversationRow,
  type Criteria,
  type FoundEntry,
} from '../conversations/index.ts';
import { readCursor, writeCursor, type Progress } from './cursor.ts';
import { matcherOf, type Matcher } from './matcher.ts';

/** Conversations that are opened together. */
const batchSize = 100;
/** After so much time, or so many findings, a request answers with what it has. */
const deadlineMs = 1_500;
const enough = 20;
const matchesShown = 3;

export interface Search {
  readonly words: string;
  readonly criteria: Omit<Criteria, 'cursor' | 'limit'>;
  readonly scopes: readonly Scope[];
  readonly cursor: string | undefined;
}

export interface Searched {
  readonly items: TranscriptFinding[];
  readonly next: string | null;
  readonly searched: number;
  readonly total: number;
  readonly unreadable: number;
}

/**
 * Goes on with a search through the transcripts in these scopes, newest first (E10): opens one batch of conversations
 * after the other, each in a transaction of its own, so that nothing is held for longer than that takes.
 */
export async function searchTranscripts(
  { database, log }: { database: Database; log: ConversationLog },
  account: string,
  { words, criteria, scopes, cursor }: Search,
): Promise<Searched> {
  const until = performance.now() + deadlineMs;
  const matcher = matcherOf(words);
  let progress: Progress;
  if (cursor === undefined) {
    const total = await database.read(
      account,
      async (tx) => await countConversations(tx, account, scopes, criteria),
    );
    progress = { next: null, searched: 0, total };
  } else progress = readCursor(cursor);
  const items: TranscriptFinding[] = [];
  let unreadable = 0;
  do {
    const { next, searched, total } = progress;
    const batch = await database.read(account, async (tx) => {
      const page = await findConversations(tx, account, scopes, {
        ...criteria,
        limit: batchSize,
        ...(next === null ? {} : { cursor: next }),
      });
      const found = await matchesIn(log.pagesOf(tx, account, page.rows, postedKinds), matcher);
      const rows = page.rows.filter((row) => found.matches.has(row.id));
      // The excerpts tell more than a preview, and one that cannot be opened must not end the search.
      const presented = await presentConversations(tx, log, account, { rows, readable: () => false });
      return { page, found, presented };
    });
    unreadable += batch.found.unreadable;
    for (const conversation of batch.presented) {
      const matches = batch.found.matches.get(conversation.id) ?? [];
      items.push({ conversation, matches: matches.slice(0, matchesShown), count: matches.length });
    }
    progress = {
      next: batch.page.next,
      searched: searched + batch.page.rows.length,
      total: Math.max(total, searched + batch.page.rows.length),
    };
  } while (progress.next !== null && items.length < enough && performance.now() < until);
  return {
    items,
    next: writeCursor(progress),
    searched: progress.searched,
    total: progress.next === null ? progress.searched : progress.total,
    unreadable,
  };
}

async function matchesIn(
  pages: AsyncIterable<{ found: readonly FoundEntry<PostedKind>[]; unreadable: number }>,
  matcher: Matcher,
): Promise<{ matches: Map<ConversationRow['id'], TranscriptMatch[]>; unreadable: number }> {
  const matches = new Map<string, TranscriptMatch[]>();
  let unreadable = 0;
  for await (const page of pages) {
    unreadable += page.unreadable;
    for (const { conversationId, audience, entry } of page.found) {
      const excerpt = matcher.excerptOf(entry.body.text);
      if (excerpt === null) continue;
      const { seq, kind, at } = entry;
      const by = entry.actor.kind === 'visitor' ? ('visitor' as const) : ('agent' as const);
      const of = matches.get(conversationId) ?? [];
      matches.set(conversationId, of);
      of.push({ audience, seq, kind, by, at, excerpt });
    }
  }
  return { matches, unreadable };
}
