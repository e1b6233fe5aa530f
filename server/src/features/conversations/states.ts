import type { ConversationState } from '@samtal/contract/conversations';
import { Refusal } from '../../platform/http/index.ts';

/*
 * waiting ──offer──▶ offered ──accept──▶ active ──resolve──▶ resolved
 *    ▲  ╲               │                  │
 *    │   ╲──assign, take──────────────────▶│
 *    ├──decline, miss───┘                  │
 *    └──queue──────────────────────────────┤   (transfer to a queue)
 *               offered ◀──hand-over───────┘   (transfer to an agent)
 *
 * waiting, offered and active can all be resolved. Resolved is the end.
 */
const transitions = {
  offer: { from: ['waiting'], to: 'offered' },
  accept: { from: ['offered'], to: 'active' },
  decline: { from: ['offered'], to: 'waiting' },
  miss: { from: ['offered'], to: 'waiting' },
  assign: { from: ['waiting'], to: 'active' },
  take: { from: ['waiting'], to: 'active' },
  queue: { from: ['waiting', 'offered', 'active'], to: 'waiting' },
  'hand-over': { from: ['waiting', 'active'], to: 'offered' },
  resolve: { from: ['waiting', 'offered', 'active'], to: 'resolved' },
} as const satisfies Record<string, { from: readonly ConversationState[]; to: ConversationState }>;

export type Transition = keyof typeof transitions;

/** The state after a transition, or a refusal when the conversation is not in a state that has it. */
export function after(state: ConversationState, transition: Transition): ConversationState {
  const { from, to } = transitions[transition];
  if ((from as readonly string[]).includes(state)) return to;
  throw new Refusal(state === 'resolved' ? 'conversations.closed' : 'conversations.transition');
}
