import type {
  Actor,
  Audience,
  EntryBody,
  EntryKind,
  PostedKind,
  StreamName,
} from '@samtal/contract/conversations';
import { entryKinds, streamName } from '@samtal/contract/conversations';
import type { ErrorCode } from '@samtal/contract/errors';
import type { MaskedText } from '../masking/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { MemberActor } from '../../platform/http/index.ts';

/** What people wrote has to have gone through masking before anything can be done with it (G1). */
export type DraftBody<Kind extends EntryKind> = Kind extends PostedKind
  ? { readonly text: MaskedText }
  : EntryBody<Kind>;

/** An entry to be appended: each kind with its own body. */
export type Draft = { readonly [Kind in EntryKind]: DraftOf<Kind> }[EntryKind];

/** An entry of one kind. */
export interface DraftOf<Kind extends EntryKind> {
  readonly conversationId: string;
  readonly kind: Kind;
  readonly actor: Actor;
  /** The visitor's or the user's id; with `cid` it makes a post known again. Null for the platform. */
  readonly author: string | null;
  /** Whose post it is on the audit trail, where somebody at work in the account wrote it. */
  readonly writer?: MemberActor;
  readonly cid: string | null;
  readonly body: DraftBody<Kind>;
  /**
   * What is written in the same transaction, if the entry is: neither is ever there without the other. May refer to the
   * conversation.
   */
  readonly alongside?: (tx: Tx) => void;
  /** Whether this entry may be written, seeing how things stand; null when it may. Without it, it may. */
  readonly admit?: (standing: Standing) => ErrorCode | null;
}

/** How a conversation stands while its stream is locked. */
export interface Standing {
  readonly state: 'waiting' | 'offered' | 'active' | 'resolved';
  readonly agentId: string | null;
  readonly visitorId: string;
}

export type Outcome =
  | { readonly written: true; readonly seq: number; readonly at: Date; readonly duplicate: boolean }
  | { readonly written: false; readonly refused: ErrorCode };

export function audienceOfDraft({ kind }: Draft): Audience {
  return entryKinds[kind].audience;
}

export function streamOfDraft(draft: Draft): StreamName {
  return streamName(draft.conversationId, audienceOfDraft(draft));
}
