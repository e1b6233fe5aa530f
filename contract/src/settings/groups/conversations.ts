import { Tag } from '../../conversations/entries.ts';
import { nullable, Type } from '../../shared/index.ts';
import { setting, minutes, shownText, everywhere, accountOnly, type Setting } from '../setting.ts';

/** Of conversations: when they end by themselves, how they are rated and sorted. */
export const conversationsSettings = {
  // Inactivity of a conversation (E5). Null: it never ends by itself.
  'inactivity.end-minutes': setting({
    schema: nullable(minutes(1440)),
    default: null,
    levels: everywhere,
    sensitive: false,
  }),
  /** Shown to both sides when the conversation ended by itself. Empty: the widget's own words. */
  'inactivity.end-text': setting({ schema: shownText, default: '', levels: everywhere, sensitive: false }),
  /** So long before the end the visitor is warned. Null: not at all. */
  'inactivity.warning-minutes': setting({
    schema: nullable(minutes(1440)),
    default: null,
    levels: everywhere,
    sensitive: false,
  }),
  'inactivity.warning-text': setting({
    schema: shownText,
    default: '',
    levels: everywhere,
    sensitive: false,
  }),
  /** Whether the visitor's session ends with the conversation. */
  'conversations.resolving-disconnects': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: false,
  }),

  // Ratings (D7).
  /**
   * Whether visitors are asked how a conversation went, when an agent was in it. Off unless somebody wants it: it tells how people
   * at work do, by name, and what a purpose does not need is not collected by default (GDPR, Article 25, 2).
   */
  'satisfaction.asked': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: false,
  }),

  // The words by which agents sort conversations (E6). A closed list, so that nobody writes about a person here.
  'conversations.tags': setting({
    schema: Type.Array(Tag, { maxItems: 200, uniqueItems: true }),
    default: [],
    levels: accountOnly,
    sensitive: false,
  }),
} as const satisfies Record<string, Setting>;
