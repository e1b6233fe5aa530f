import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Authorisation, Scope } from '@samtal/contract/access';
import type { Member } from '../../platform/http/index.ts';
import type { Places } from './places.ts';
import {
  covers,
  effective,
  holds,
  includesScope,
  mayAnywhere,
  mayPassOn,
  narrowedTo,
  normalisedScope,
  scopesOf,
  withinGrants,
} from './policy.ts';

const north = { units: ['NORTH', 'COAST'], queue: 'q1', site: 's1' };
const places: Places = new Map([
  ['NORTH', ['NORTH']],
  ['COAST', ['NORTH', 'COAST']],
  ['SOUTH', ['SOUTH']],
  ['q1', ['NORTH', 'COAST']],
  ['q2', []],
]);

function member(...grants: readonly (readonly [Authorisation[], Scope])[]): Member {
  return {
    userId: 'me',
    actor: { kind: 'user', id: 'me' },
    personId: 'me',
    sessionId: 's',
    accountId: 'a',
    name: 'Me',
    address: '192.0.2.1',
    origin: null,
    grants: grants.map(([allows, scope]) => effective(allows, scope)),
  };
}

test('covers what matches in every dimension that a scope names, and everything when it names none', () => {
  assert.ok(covers({}, north));
  assert.ok(covers({ unit: ['SOUTH', 'NORTH'] }, north));
  assert.ok(covers({ unit: ['NORTH'], queue: ['q1'] }, north));
  assert.ok(!covers({ unit: ['SOUTH'] }, north));
  assert.ok(!covers({ unit: ['NORTH'], queue: ['q2'] }, north));
  assert.ok(!covers({ unit: ['A'] }, { ...north, units: [] }), 'what lies in no unit is in none');
});

test('lets an authorisation that acts on the whole account fall out of a scoped grant', () => {
  const scoped = member([['users.manage', 'conversations.read'], { unit: ['NORTH'] }]);
  assert.ok(!mayAnywhere(scoped, 'users.manage'));
  assert.deepEqual(scopesOf(scoped, 'conversations.read'), [{ unit: ['NORTH'] }]);
  assert.ok(mayAnywhere(member([['users.manage'], {}]), 'users.manage'));
  assert.deepEqual(scopesOf(scoped, 'conversations.take'), []);
});

test('includes a scope only when it is narrower in every dimension, below in the tree of units or in one of its queues', () => {
  const includes = (outer: Scope, inner: Scope) => includesScope(outer, inner, places);
  assert.ok(includes({}, { unit: ['NORTH'] }));
  assert.ok(includes({ unit: ['NORTH'] }, { unit: ['COAST'] }));
  assert.ok(includes({ unit: ['NORTH', 'SOUTH'] }, { unit: ['COAST'], site: ['s1'] }));
  assert.ok(includes({ unit: ['NORTH'] }, { queue: ['q1'] }));
  assert.ok(!includes({ unit: ['COAST'] }, { unit: ['NORTH'] }));
  assert.ok(!includes({ unit: ['NORTH'] }, {}));
  assert.ok(!includes({ unit: ['NORTH'] }, { unit: ['COAST', 'SOUTH'] }));
  assert.ok(!includes({ unit: ['NORTH'] }, { queue: ['q1', 'q2'] }));
  assert.ok(!includes({ unit: ['NORTH'] }, { unit: ['unknown'] }));
  assert.ok(!includes({ queue: ['q1'] }, { unit: ['COAST'] }), 'other queues may come to be there');
});

test('attack 41: lets nobody pass on more than is held, neither in kind nor in place', () => {
  const giver = member([['conversations.read'], { unit: ['NORTH'] }], [['users.read'], {}]);
  const give = (allows: Authorisation[], scope: Scope) =>
    mayPassOn(giver, { receiverId: 'you', grant: effective(allows, scope), places });
  assert.ok(give(['conversations.read'], { unit: ['NORTH'] }));
  assert.ok(give(['conversations.read', 'users.read'], { unit: ['NORTH'] }), 'users.read falls away');
  assert.ok(give(['users.read'], {}));
  assert.ok(!give(['conversations.read'], {}));
  assert.ok(!give(['conversations.read'], { unit: ['SOUTH'] }));
  assert.ok(!give(['conversations.take'], { unit: ['NORTH'] }));
  assert.ok(!give(['users.manage'], {}));
});

test('lets whoever is entrusted appoint others, but not himself', () => {
  const administrator = member([['access.manage', 'access.entrust'], {}]);
  const reading = effective(['conversations.read'], {});
  assert.ok(mayPassOn(administrator, { receiverId: 'you', grant: reading, places }));
  assert.ok(!mayPassOn(administrator, { receiverId: 'me', grant: reading, places }));
  assert.ok(!holds(administrator, reading, places));
});

test('does not count being entrusted within a scope only', () => {
  const scoped = member([['access.entrust', 'conversations.read'], { unit: ['NORTH'] }]);
  assert.ok(!mayPassOn(scoped, { receiverId: 'you', grant: effective(['conversations.read'], {}), places }));
});

test('stores scopes in one form', () => {
  assert.deepEqual(normalisedScope({ site: ['B', 'A', 'B'], unit: ['N'] }), {
    unit: ['N'],
    site: ['A', 'B'],
  });
});

test('a key is never more than it was given, nor than its owner, and loses nothing that lies in both', () => {
  const some = (...ids: string[]) =>
    fc.option(fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 }), { nil: undefined });
  const scope = fc
    .record({ unit: some('NORTH', 'COAST', 'SOUTH'), site: some('s1', 's2') })
    .map(({ unit, site }) => ({ ...(unit && { unit }), ...(site && { site }) }));
  const allows = fc.subarray<Authorisation>(['conversations.read', 'conversations.find', 'users.read']);
  const grants = fc.array(
    fc.tuple(allows, scope).map(([held, where]) => effective(held, where)),
    { maxLength: 4 },
  );
  const subject = fc
    .record({
      units: fc.constantFrom(['NORTH'], ['NORTH', 'COAST'], ['SOUTH'], []),
      site: fc.constantFrom('s1', 's2'),
    })
    .map((where) => ({ ...north, ...where }));
  fc.assert(
    fc.property(grants, grants, subject, (given, owned, where) => {
      const may = (of: typeof given, name: Authorisation) =>
        scopesOf({ grants: of }, name).some((each) => covers(each, where));
      for (const name of ['conversations.read', 'conversations.find', 'users.read'] as const)
        assert.equal(may(withinGrants(given, owned, places), name), may(given, name) && may(owned, name));
    }),
  );
});

test('narrows grants to some of their authorisations, and adds none', () => {
  const given = [effective(['conversations.read', 'users.read'], {})];
  const narrowed = narrowedTo(given, ['users.read', 'audit.read']);
  assert.deepEqual([...(narrowed[0]?.authorisations ?? [])], ['users.read']);
});

test('a key that administers does not give its owner what its owner may not give himself', () => {
  const key = { ...member([['access.manage', 'access.entrust'], {}]), userId: 'key', personId: 'me' };
  assert.ok(mayPassOn(key, { receiverId: 'you', grant: effective(['conversations.read'], {}), places }));
  assert.ok(!mayPassOn(key, { receiverId: 'me', grant: effective(['conversations.read'], {}), places }));
});

test('gives a key what lies in its scope and in its owner’s, whichever of the two is further down the tree', () => {
  const scopes = (mine: Scope, owners: Scope) =>
    withinGrants(
      [effective(['conversations.read'], mine)],
      [effective(['conversations.read'], owners)],
      places,
    ).map(({ scope }) => scope);
  assert.deepEqual(scopes({ unit: ['NORTH'] }, { unit: ['COAST'] }), [{ unit: ['COAST'] }]);
  assert.deepEqual(scopes({ unit: ['COAST', 'SOUTH'] }, { unit: ['NORTH'] }), [{ unit: ['COAST'] }]);
  assert.deepEqual(scopes({ unit: ['SOUTH'] }, { unit: ['NORTH'] }), []);
  assert.deepEqual(scopes({}, { unit: ['NORTH'] }), [{ unit: ['NORTH'] }]);
  assert.deepEqual(scopes({ queue: ['q2'] }, { unit: ['NORTH'] }), [{ unit: ['NORTH'], queue: ['q2'] }]);
});
