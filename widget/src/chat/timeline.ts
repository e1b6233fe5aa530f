import type { Entry } from '@samtal/contract/conversations';
import type { SentFile } from '@samtal/contract/media';
import type { Unsent, View } from './view.ts';

/** How far a message of the visitor's has come. */
export type Mark = 'sending' | 'sent' | 'read' | 'failed';

export interface Bubble {
  readonly type: 'bubble';
  /** The id that its author gave it, so that it stays in its place when the log confirms it. */
  readonly key: string;
  readonly by: 'visitor' | 'agent';
  readonly name: string | null;
  readonly text: string;
  /** What was sent instead of a text. */
  readonly file: SentFile | null;
  readonly at: Date;
  readonly cid: string | null;
  /** First and last of a group: one author, few minutes. */
  readonly first: boolean;
  readonly last: boolean;
  /** Shown under the bubble; null where a later one says as much. */
  readonly mark: Mark | null;
}

type Event = Extract<
  Entry,
  { kind: 'joined' | 'left' | 'transferred' | 'inactivity-warning' | 'unreadable' }
>;

export type Item =
  | Bubble
  | { readonly type: 'day'; readonly key: string; readonly at: Date }
  | { readonly type: 'event'; readonly key: string; readonly entry: Event };

const groupMs = 3 * 60_000;

/** The messages and events of a conversation as they are shown, from old to new. */
export function timelineOf({ entries, unsent, agentRead }: View): Item[] {
  const plain = [...entries.flatMap((entry) => itemOf(entry, agentRead)), ...unsent.map(bubbleOf)];
  const items: Item[] = [];
  let day = '';
  for (const [index, item] of plain.entries()) {
    if (item.type === 'bubble' && item.at.toDateString() !== day) {
      if (day !== '' || item.at.toDateString() !== new Date().toDateString()) {
        items.push({ type: 'day', key: `day ${item.at.toDateString()}`, at: item.at });
      }
      day = item.at.toDateString();
    }
    items.push(item.type === 'bubble' ? inItsGroup(plain, index, item) : item);
  }
  return items;
}

function itemOf(entry: Entry, agentRead: number): Item[] {
  const key = entry.cid ?? String(entry.seq);
  if (entry.kind === 'message' || entry.kind === 'file') {
    const { actor, at, cid, seq } = entry;
    const by = actor.kind === 'visitor' ? 'visitor' : 'agent';
    const mark = by === 'agent' ? null : seq <= agentRead ? 'read' : 'sent';
    return [
      {
        type: 'bubble',
        key,
        by,
        name: actor.name,
        text: entry.kind === 'file' ? '' : entry.body.text,
        file: entry.kind === 'file' ? entry.body : null,
        at: new Date(at),
        cid,
        first: true,
        last: true,
        mark,
      },
    ];
  }
  if (
    entry.kind === 'joined' ||
    entry.kind === 'left' ||
    entry.kind === 'transferred' ||
    entry.kind === 'inactivity-warning' ||
    entry.kind === 'unreadable'
  )
    return [{ type: 'event', key, entry }];
  return [];
}

function bubbleOf({ cid, text, writtenAt, failed }: Unsent): Bubble {
  const mark = failed ? 'failed' : 'sending';
  return {
    type: 'bubble',
    key: cid,
    by: 'visitor',
    name: null,
    text,
    file: null,
    at: new Date(writtenAt),
    cid,
    first: true,
    last: true,
    mark,
  };
}

function inItsGroup(plain: readonly Item[], index: number, bubble: Bubble): Bubble {
  const before = plain[index - 1];
  const next = plain[index + 1];
  const first = before === undefined || !belongTogether(before, bubble);
  const last = next === undefined || !belongTogether(bubble, next);
  return { ...bubble, first, last, mark: saidLater(plain, index, bubble) ? null : bubble.mark };
}

function belongTogether(one: Item, other: Item): boolean {
  if (one.type !== 'bubble' || other.type !== 'bubble') return false;
  const near = Math.abs(other.at.getTime() - one.at.getTime()) < groupMs;
  return (
    near && one.by === other.by && one.name === other.name && one.mark !== 'failed' && other.mark !== 'failed'
  );
}

/** Whether a later message of the visitor's has come at least as far, so that this one needs no mark. */
function saidLater(plain: readonly Item[], index: number, { mark }: Bubble): boolean {
  if (mark === 'failed' || mark === null) return false;
  return plain.slice(index + 1).some((item) => {
    if (item.type !== 'bubble' || item.by !== 'visitor') return false;
    return item.mark === mark || item.mark === 'read';
  });
}
