import type { Entry, EntryBody, PostedKind, StreamName } from '../conversations/entries.ts';
import type { ErrorCode } from '../errors/index.ts';

/** A post that the log has not shown yet. It stays until its entry arrives, or until it is refused. */
export interface PendingPost {
  readonly cid: string;
  readonly stream: StreamName;
  readonly kind: PostedKind;
  readonly text: string;
  /** When it was written, by this machine’s clock (ms since 1970). */
  readonly writtenAt: number;
  /** Why it was refused for good; null while it is under way. */
  readonly refused: ErrorCode | null;
}

/** What one client knows of one stream: an unbroken run of entries from 1, and its own posts on the way. */
export interface Thread {
  readonly stream: StreamName;
  readonly epoch: string | null;
  readonly entries: readonly Entry[];
  readonly pending: readonly PendingPost[];
}

export function emptyThread(stream: StreamName): Thread {
  return { stream, epoch: null, entries: [], pending: [] };
}

export function lastSeq(thread: Thread): number {
  return thread.entries.at(-1)?.seq ?? 0;
}

/**
 * Old state + entries = new state. Only the next seq is taken: a lower one is a repeat, and the first higher one ends
 * the run, because something before it is missing (`gap`). A post leaves `pending` when its entry is in.
 */
export function withEntries(thread: Thread, arrived: readonly Entry[]): { thread: Thread; gap: boolean } {
  const fresh: Entry[] = [];
  let next = lastSeq(thread) + 1;
  let gap = false;
  for (const entry of arrived) {
    if (entry.seq < next) continue;
    if (entry.seq > next) {
      gap = true;
      break;
    }
    fresh.push(entry);
    next += 1;
  }
  if (fresh.length === 0) return { thread, gap };
  const shown = new Set(fresh.map((entry) => entry.cid));
  return {
    thread: {
      ...thread,
      entries: withoutDueNumbers([...thread.entries, ...fresh], fresh),
      pending: thread.pending.filter((post) => !shown.has(post.cid)),
    },
    gap,
  };
}

/** What the fresh entries say is redacted shows its numbers no more (G2). */
function withoutDueNumbers(entries: readonly Entry[], fresh: readonly Entry[]): readonly Entry[] {
  const due = new Set(
    fresh.flatMap((entry) =>
      entry.kind === 'redacted' || entry.kind === 'notes-redacted' ? entry.body.seqs : [],
    ),
  );
  if (due.size === 0) return entries;
  return redacted(entries, ({ seq }) => due.has(seq));
}

/**
 * The thread without the numbers whose time has come, for a client that may hear nothing more of the conversation: at
 * `now` (ms since 1970) in one that is open, and whatever waited for its end in one that is over.
 */
export function withoutPastNumbers(thread: Thread, now: number, state: 'open' | 'over'): Thread {
  const isPast = (at: string | null) => (at === null ? state === 'over' : Date.parse(at) <= now);
  return { ...thread, entries: redacted(thread.entries, (_, { at }) => isPast(at)) };
}

/** When the next numbers have to be hidden, ms since 1970; null when none wait for a time. */
export function nextRedaction({ entries }: Thread): number | null {
  const times = entries.flatMap((entry) => {
    const at = redactionOf(entry)?.at ?? null;
    return at === null ? [] : [Date.parse(at)];
  });
  return times.length === 0 ? null : Math.min(...times);
}

type Redaction = NonNullable<EntryBody<'message'>['redaction']>;

function redactionOf(entry: Entry): Redaction | null {
  return entry.kind === 'message' || entry.kind === 'note' ? (entry.body.redaction ?? null) : null;
}

function redacted(
  entries: readonly Entry[],
  isDue: (entry: Entry, redaction: Redaction) => boolean,
): readonly Entry[] {
  return entries.map((entry) => {
    const redaction = redactionOf(entry);
    if (redaction === null || !isDue(entry, redaction)) return entry;
    return { ...entry, body: { text: redaction.text } } as Entry;
  });
}

export function withPost(thread: Thread, post: PendingPost): Thread {
  if (thread.pending.some((other) => other.cid === post.cid)) return thread;
  if (thread.entries.some((entry) => entry.cid === post.cid)) return thread;
  return { ...thread, pending: [...thread.pending, post] };
}

export function withoutPost(thread: Thread, cid: string): Thread {
  return { ...thread, pending: thread.pending.filter((post) => post.cid !== cid) };
}

export function withRefusal(thread: Thread, cid: string, refused: ErrorCode): Thread {
  return {
    ...thread,
    pending: thread.pending.map((post) => (post.cid === cid ? { ...post, refused } : post)),
  };
}
