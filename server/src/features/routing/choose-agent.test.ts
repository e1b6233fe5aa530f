import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { covers } from '../access/index.ts';
import { chooseAgent, type Candidate, type WaitingConversation } from './choose-agent.ts';

const now = new Date('2026-05-05T12:00:00Z');
const queues = ['q1', 'q2', 'q3'];
const labels = fc.constantFrom('north', 'south');
const some = <Value>(values: fc.Arbitrary<Value>) => fc.uniqueArray(values, { minLength: 1, maxLength: 2 });

const scope = fc.record(
  {
    queue: some(fc.constantFrom(...queues)),
    unit: some(labels),
    site: some(fc.constantFrom('s1', 's2')),
  },
  { requiredKeys: [] },
);
const candidates = fc.uniqueArray(
  fc.record({
    userId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    name: fc.constant('Name'),
    scopes: fc.array(scope, { maxLength: 2 }),
    conversations: fc.integer({ min: 0, max: 4 }),
    maxConversations: fc.integer({ min: 1, max: 4 }),
    idleSince: fc.integer({ min: 0, max: 5 }).map((minutes) => new Date(now.getTime() - minutes * 60_000)),
  }),
  { selector: ({ userId }) => userId },
);
const refusal = fc.record({
  times: fc.integer({ min: 1, max: 3 }),
  last: fc.integer({ min: 0, max: 60 }).map((seconds) => new Date(now.getTime() - seconds * 1_000)),
});
const conversation = fc.record({
  id: fc.constant('conversation'),
  place: fc.record({
    queue: fc.constantFrom(...queues),
    units: fc.uniqueArray(labels, { maxLength: 2 }),
    site: fc.option(fc.constantFrom('s1', 's2')),
  }),
  refusedBy: fc
    .dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), refusal)
    .map((all) => new Map(Object.entries(all))),
});

/** Checks something of every choice that is made. */
function always(
  check: (chosen: Candidate | null, about: WaitingConversation, all: Candidate[]) => void,
): void {
  fc.assert(
    fc.property(conversation, candidates, (about, all) => check(chooseAgent(about, all, now), about, all)),
    { numRuns: 2_000 },
  );
}

const times = (about: WaitingConversation, { userId }: Candidate) => about.refusedBy.get(userId)?.times ?? 0;
const isInScope = (about: WaitingConversation, { scopes }: Candidate) =>
  scopes.some((each) => covers(each, about.place));
const hasRoom = ({ conversations, maxConversations }: Candidate) => conversations < maxConversations;
const wasJustAsked = (about: WaitingConversation, { userId }: Candidate) =>
  now.getTime() - (about.refusedBy.get(userId)?.last.getTime() ?? 0) < 20_000;

describe('who gets a conversation', () => {
  it('is never over the limit', () => always((chosen) => assert.ok(chosen === null || hasRoom(chosen))));

  it('is never out of scope', () =>
    always((chosen, about) => assert.ok(chosen === null || isInScope(about, chosen))));

  it('is nobody who refused it within the last 20 seconds', () =>
    always((chosen, about) => assert.ok(chosen === null || !wasJustAsked(about, chosen))));

  it('is somebody whenever there is anybody', () =>
    always((chosen, about, all) => {
      const able = all.filter(
        (each) => hasRoom(each) && isInScope(about, each) && !wasJustAsked(about, each),
      );
      assert.equal(chosen === null, able.length === 0);
    }));

  it('is whoever refused it least often, then the least busy, then the longest idle', () =>
    always((chosen, about, all) => {
      if (chosen === null) return;
      for (const other of all.filter(
        (each) => hasRoom(each) && isInScope(about, each) && !wasJustAsked(about, each),
      )) {
        const [own, others] = [times(about, chosen), times(about, other)];
        assert.ok(own <= others);
        if (own < others) continue;
        assert.ok(chosen.conversations <= other.conversations);
        if (chosen.conversations === other.conversations) assert.ok(chosen.idleSince <= other.idleSince);
      }
    }));

  it('does not depend on the order in which agents are listed, but for equals', () =>
    always((chosen, about, all) => {
      const other = chooseAgent(about, all.toReversed(), now);
      assert.deepEqual(
        [other?.conversations, other?.idleSince, other === null ? null : times(about, other)],
        [chosen?.conversations, chosen?.idleSince, chosen === null ? null : times(about, chosen)],
      );
    }));
});
