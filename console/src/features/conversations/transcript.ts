import type { Entry } from '@samtal/contract/conversations';
import type { SentFile } from '@samtal/contract/media';
import type { PendingPost, Receipts } from '@samtal/contract/realtime';

/** How far an agent’s message has come; null where that means nothing. */
export type PostStatus = 'sending' | 'refused' | 'sent' | 'delivered' | 'read' | null;

export interface Post {
  /** The same before and after the post is in the log. */
  readonly key: string;
  readonly text: string;
  /** What was sent instead of a text. */
  readonly file: SentFile | null;
  readonly at: string | number;
  /** When its long numbers become asterisks: an instant, or null for when the conversation is resolved. */
  readonly redaction: { readonly at: string | null } | null;
  readonly status: PostStatus;
  /** Not null until its entry is in the log. */
  readonly pending: PendingPost | null;
}

export type Side = 'visitor' | 'agent' | 'note';

/** Posts of one person in a row. */
export interface PostGroup {
  readonly type: 'posts';
  readonly key: string;
  readonly side: Side;
  /** Null for a visitor, who has no name. */
  readonly author: string | null;
  readonly authorId: string | null;
  readonly posts: readonly Post[];
}

export type TranscriptItem =
  | PostGroup
  | { readonly type: 'day'; readonly key: string; readonly at: string | number }
  | { readonly type: 'event'; readonly key: string; readonly entry: Entry };

export interface TranscriptParts {
  publicEntries: readonly Entry[];
  internalEntries: readonly Entry[];
  pending: readonly PendingPost[];
  receipts: Receipts;
  /** Who writes here. */
  own: { id: string; name: string };
}

const groupGapMs = 5 * 60_000;

/** One transcript of both streams: by time, but never against the order within a stream. Own posts on the way come last. */
export function transcriptOf({
  publicEntries,
  internalEntries,
  pending,
  receipts,
  own,
}: TranscriptParts): TranscriptItem[] {
  const items: TranscriptItem[] = [];
  for (const entry of mergedByTime(publicEntries, internalEntries)) {
    if (entry.kind === 'message' || entry.kind === 'file' || entry.kind === 'note') {
      const side = entry.kind === 'note' ? 'note' : entry.actor.kind === 'visitor' ? 'visitor' : 'agent';
      const post: Post = {
        key: entry.cid ?? `${side}-${entry.seq}`,
        text: entry.kind === 'file' ? '' : entry.body.text,
        file: entry.kind === 'file' ? entry.body : null,
        at: entry.at,
        redaction: entry.kind === 'file' ? null : (entry.body.redaction ?? null),
        status: side === 'agent' ? statusOf(entry.seq, receipts) : null,
        pending: null,
      };
      addPost(items, post, { side, author: entry.actor.name, authorId: entry.actor.id });
    } else {
      addDay(items, entry.at);
      items.push({ type: 'event', key: `${entry.kind}-${entry.seq}`, entry });
    }
  }
  for (const post of pending.toSorted((a, b) => a.writtenAt - b.writtenAt)) {
    const side = post.kind === 'note' ? 'note' : 'agent';
    const status = post.refused === null ? 'sending' : 'refused';
    addPost(
      items,
      {
        key: post.cid,
        text: post.text,
        file: null,
        at: post.writtenAt,
        redaction: null,
        status,
        pending: post,
      },
      { side, author: own.name, authorId: own.id },
    );
  }
  return items;
}

/** Two streams as one. Each keeps its own order even where clocks disagree; at the same time, public goes first. */
export function mergedByTime(publicEntries: readonly Entry[], internalEntries: readonly Entry[]): Entry[] {
  const merged: Entry[] = [];
  let next = 0;
  for (const entry of publicEntries) {
    for (
      let inner = internalEntries[next];
      inner !== undefined && inner.at < entry.at;
      inner = internalEntries[next]
    ) {
      merged.push(inner);
      next += 1;
    }
    merged.push(entry);
  }
  return [...merged, ...internalEntries.slice(next)];
}

function statusOf(seq: number, receipts: Receipts): PostStatus {
  if (seq <= receipts.visitorRead) return 'read';
  return seq <= receipts.visitorDelivered ? 'delivered' : 'sent';
}

type Author = Pick<PostGroup, 'side' | 'author' | 'authorId'>;

function addPost(items: TranscriptItem[], post: Post, author: Author): void {
  addDay(items, post.at);
  const last = items.at(-1);
  if (last?.type === 'posts' && goesOn(last, post, author)) {
    items[items.length - 1] = { ...last, posts: [...last.posts, post] };
    return;
  }
  items.push({ type: 'posts', key: post.key, ...author, posts: [post] });
}

function goesOn(group: PostGroup, post: Post, author: Author): boolean {
  const before = group.posts.at(-1);
  return (
    before !== undefined &&
    group.side === author.side &&
    group.authorId === author.authorId &&
    timeOf(post.at) - timeOf(before.at) < groupGapMs
  );
}

function addDay(items: TranscriptItem[], at: string | number): void {
  const last = items.at(-1);
  const before = last === undefined ? null : timeOfItem(last);
  if (before !== null && dayOf(before) === dayOf(at)) return;
  items.push({ type: 'day', key: `day-${dayOf(at)}`, at });
}

function timeOfItem(item: TranscriptItem): string | number {
  if (item.type === 'posts') return item.posts.at(-1)?.at ?? 0;
  return item.type === 'day' ? item.at : item.entry.at;
}

function timeOf(at: string | number): number {
  return new Date(at).getTime();
}

/** The calendar day in this machine’s time zone. */
function dayOf(at: string | number): string {
  return new Date(at).toDateString();
}
