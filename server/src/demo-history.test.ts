import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { inventFacts, type DemoPlace } from './demo-history.ts';

const place: DemoPlace = {
  queueIds: [randomUUID(), randomUUID()],
  siteId: randomUUID(),
  agentIds: [randomUUID(), randomUUID()],
  limit: 4,
};
/** A Thursday, in the middle of the morning. */
const until = new Date('2026-11-26T09:20:00Z');
const facts = inventFacts(place, until);
const of = (kind: string) => facts.filter((fact) => fact.kind === kind);

test('the invented past goes back eight weeks and is over when the account begins', () => {
  assert.ok(facts.every(({ at }) => at < until));
  assert.ok((facts[0]?.at ?? until) < new Date('2026-10-01T12:00:00Z'));
  assert.ok(facts.length > 5_000 && facts.length < 20_000, String(facts.length));
});

test('nothing of it stays open: whoever was queued was answered or gone, whoever joined left, everybody went home', () => {
  const conversations = (kind: string) => new Set(of(kind).map((fact) => fact.conversation_id));
  assert.deepEqual(conversations('resolved'), conversations('queued'));
  assert.deepEqual(conversations('left'), conversations('joined'));
  assert.equal(of('answered').length + of('abandoned').length, of('queued').length);
  for (const agentId of place.agentIds)
    assert.equal(of('agent-state').findLast((fact) => fact.agent_id === agentId)?.outcome, 'offline');
});

test('it is the same past whenever it is invented for the same end', () => {
  const told = (all: typeof facts) =>
    all.map(({ at, kind, value }) => `${at.toISOString()} ${kind} ${value}`);
  assert.deepEqual(told(inventFacts(place, until)), told(facts));
});

test('it took place where it was told to', () => {
  const known = [...place.queueIds, ...place.agentIds, place.siteId];
  for (const { queue_id, agent_id, site_id } of facts)
    for (const id of [queue_id, agent_id, site_id]) assert.ok(id === undefined || known.includes(id), id);
});

test('agents had conversations only while they were there', () => {
  for (const agentId of place.agentIds) {
    let state = 'offline';
    for (const fact of facts.filter((each) => each.agent_id === agentId)) {
      if (fact.kind === 'agent-state') state = fact.outcome ?? '';
      if (fact.kind === 'joined') assert.equal(state, 'available', fact.at.toISOString());
    }
  }
});
