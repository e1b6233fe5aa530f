import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conversationStates, type ConversationState } from '@samtal/contract/conversations';
import { Refusal } from '../../platform/http/index.ts';
import { after, type Transition } from './states.ts';

/** What each transition leads to, state by state. What is not here must be refused. */
const table: Record<Transition, Partial<Record<ConversationState, ConversationState>>> = {
  offer: { waiting: 'offered' },
  accept: { offered: 'active' },
  decline: { offered: 'waiting' },
  miss: { offered: 'waiting' },
  assign: { waiting: 'active' },
  take: { waiting: 'active' },
  queue: { waiting: 'waiting', offered: 'waiting', active: 'waiting' },
  'hand-over': { waiting: 'offered', active: 'offered' },
  resolve: { waiting: 'resolved', offered: 'resolved', active: 'resolved' },
};

describe('the states of a conversation', () => {
  for (const transition of Object.keys(table) as Transition[]) {
    for (const state of conversationStates) {
      const to = table[transition][state];
      if (to === undefined) {
        it(`has no ${transition} from ${state}`, () => {
          const code = state === 'resolved' ? 'conversations.closed' : 'conversations.transition';
          assert.throws(
            () => after(state, transition),
            (error) => error instanceof Refusal && error.code === code,
          );
        });
      } else
        it(`goes by ${transition} from ${state} to ${to}`, () => assert.equal(after(state, transition), to));
    }
  }
});
