import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Authorisation, Scope } from '@samtal/contract/access';
import { sql } from 'kysely';
import { asMember, testAccount, testUnit, testUser, type TestRole } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { changeRole } from './change-role.ts';
import { createRole } from './create-role.ts';
import { deleteRole } from './delete-role.ts';
import { giveRole } from './give-role.ts';
import { withinScopes } from './index.ts';
import { readGrants, readRoles } from './queries.ts';
import { restoreGrant } from './restore-grant.ts';
import { restoreRole } from './restore-role.ts';
import { withdrawRole } from './withdraw-role.ts';

let db: TestDatabase;
let accountId: string;
/** Two regions of the account, and a team in the first. */
let [NORTH, SOUTH, COAST] = ['', '', ''];
before(async () => {
  db = await createTestDatabase();
});
after(() => db.close());

const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

async function inAccount<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return await db.database.transaction(accountId, work);
}

async function member(...roles: (TestRole | 'administrator' | 'agent' | 'supervisor')[]): Promise<Member> {
  const { userId } = await testUser(db, accountId, { roles });
  const loaded = await asMember(db, accountId, userId);
  assert.ok(loaded);
  return loaded;
}

async function role(
  authorisations: Authorisation[],
  roles: string[] = [],
  giver: Member | 'operator' = 'operator',
) {
  const fields = { name: `Role ${randomUUID()}`, authorisations, roles };
  return await inAccount((tx) => createRole(tx, accountId, { giver, fields }));
}

async function builtIn(word: string): Promise<string> {
  const roles = await inAccount((tx) => readRoles(tx, accountId));
  return [...roles.values()].find((each) => each.builtIn === word)?.id ?? '';
}

async function give(giver: Member | 'operator', userId: string, roleId: string, scope: Scope = {}) {
  return await inAccount((tx) =>
    giveRole(tx, accountId, { giver, userId, roleId, scope, note: { reason: 'A test' } }),
  );
}

async function allows(userId: string): Promise<string[]> {
  const loaded = await asMember(db, accountId, userId);
  return (loaded?.grants.flatMap(({ authorisations }) => [...authorisations]) ?? []).toSorted();
}

async function newAccount(): Promise<void> {
  accountId = await testAccount(db);
  [NORTH, SOUTH] = [await testUnit(db, accountId, 'NORTH'), await testUnit(db, accountId, 'SOUTH')];
  COAST = await testUnit(db, accountId, 'COAST', NORTH);
}

test('gives a supervisor what agents may, through the role that the role holds', async () => {
  await newAccount();
  const { userId } = await testUser(db, accountId, { roles: ['supervisor'] });
  const held = await allows(userId);
  assert.ok(held.includes('conversations.handle') && held.includes('conversations.read'));
});

test('attack 43: changes what a role’s holders and their holders may, from the next request on', async () => {
  await newAccount();
  const bottom = await role(['routing.read']);
  const middle = await role([], [bottom]);
  const top = await role(['presence.read'], [middle]);
  const { userId } = await testUser(db, accountId, { roles: [{ role: top }] });
  assert.deepEqual(await allows(userId), ['presence.read', 'routing.read']);
  const change = (authorisations: Authorisation[]) =>
    inAccount((tx) =>
      changeRole(tx, accountId, { giver: 'operator', roleId: bottom, changes: { authorisations } }),
    );
  await change(['conversations.find']);
  assert.deepEqual(await allows(userId), ['conversations.find', 'presence.read']);
  await change([]);
  assert.deepEqual(await allows(userId), ['presence.read']);
});

test('attack 41: refuses circles at any depth, and changes of built-in roles', async () => {
  await newAccount();
  const a = await role([]);
  const b = await role([], [a]);
  const change = (roleId: string, roles: string[]) =>
    inAccount((tx) => changeRole(tx, accountId, { giver: 'operator', roleId, changes: { roles } }));
  await assert.rejects(change(a, [b]), refused('access.role-cycle'));
  let top = b;
  for (let depth = 0; depth < 50; depth += 1) top = await role([], [top]);
  await assert.rejects(change(a, [top]), refused('access.role-cycle'));
  const { userId } = await testUser(db, accountId, { roles: [{ role: top }] });
  await inAccount((tx) =>
    changeRole(tx, accountId, {
      giver: 'operator',
      roleId: a,
      changes: { authorisations: ['routing.read'] },
    }),
  );
  assert.deepEqual(await allows(userId), ['routing.read'], 'what the deepest says reaches the top');
  await assert.rejects(change(await builtIn('agent'), []), refused('access.role-built-in'));
  await assert.rejects(change(a, [randomUUID()]), refused('not-found'));
});

test('attack 41: refuses a circle that two changes would close at the same time', async () => {
  await newAccount();
  const [a, b] = [await role([]), await role([])];
  const hold = (roleId: string, held: string) =>
    inAccount((tx) => changeRole(tx, accountId, { giver: 'operator', roleId, changes: { roles: [held] } }));
  const results = await Promise.allSettled([hold(a, b), hold(b, a)]);
  const reasons = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  assert.equal(reasons.length, 1);
  assert.ok(refused('access.role-cycle')(reasons[0]));
});

test('refuses a role name that is taken, in whatever case', async () => {
  await newAccount();
  const fields = { name: 'AGENT', authorisations: [], roles: [] };
  await assert.rejects(
    inAccount((tx) => createRole(tx, accountId, { giver: 'operator', fields })),
    refused('names.taken'),
  );
});

test('deletes a role only when nobody has it and no role holds it', async () => {
  await newAccount();
  const [given, held, free] = [await role([]), await role([]), await role([])];
  await role([], [held]);
  await testUser(db, accountId, { roles: [{ role: given }] });
  const drop = (roleId: string) =>
    inAccount((tx) => deleteRole(tx, accountId, { giver: 'operator', roleId }));
  await assert.rejects(drop(given), refused('access.role-in-use'));
  await assert.rejects(drop(held), refused('access.role-in-use'));
  await assert.rejects(drop(await builtIn('coach')), refused('access.role-built-in'));
  await drop(free);
  await assert.rejects(drop(free), refused('not-found'));
});

test('attack 41: lets a manager of access define and give only what he holds', async () => {
  await newAccount();
  const manages = await role(['access.manage', 'users.read']);
  const handlesNorth = await role(['conversations.handle']);
  const giver = await member({ role: manages }, { role: handlesNorth, scope: { unit: [NORTH] } });
  const { userId } = await testUser(db, accountId);
  await assert.rejects(role(['conversations.read'], [], giver), refused('access.exceeds-own'));
  await assert.rejects(role([], [await builtIn('supervisor')], giver), refused('access.exceeds-own'));
  const defined = await role(['conversations.handle'], [], giver);
  await assert.rejects(give(giver, userId, defined), refused('access.exceeds-own'));
  await assert.rejects(give(giver, userId, defined, { unit: [SOUTH] }), refused('access.exceeds-own'));
  await assert.rejects(give(giver, userId, await builtIn('administrator')), refused('access.exceeds-own'));
  await give(giver, userId, defined, { unit: [COAST] });
  assert.deepEqual(await allows(userId), ['conversations.handle']);
});

test('attack 41: does not let a change of a role widen a grant beyond what its changer holds', async () => {
  await newAccount();
  const manages = await role(['access.manage']);
  const reads = await role(['conversations.read']);
  const changed = await role(['routing.read']);
  const giver = await member({ role: manages }, { role: reads, scope: { unit: [NORTH] } }, { role: changed });
  const { userId } = await testUser(db, accountId, {
    roles: [{ role: changed, scope: { unit: [SOUTH] } }],
  });
  const widen = () =>
    inAccount((tx) =>
      changeRole(tx, accountId, {
        giver,
        roleId: changed,
        changes: { authorisations: ['routing.read', 'conversations.read'] },
      }),
    );
  await assert.rejects(widen(), refused('access.exceeds-own'));
  assert.deepEqual(await allows(userId), ['routing.read']);
});

test('attack 41: lets nobody have more by nesting, nor by restoring what was taken', async () => {
  await newAccount();
  const manages = await role(['access.manage', 'routing.read']);
  const shared = await role(['routing.read']);
  const giver = await member({ role: manages }, { role: shared });
  const nest = (roles: string[]) =>
    inAccount((tx) => changeRole(tx, accountId, { giver, roleId: shared, changes: { roles } }));
  // By nesting: the role that he has himself, or a new one, is to hold more.
  const reader = await role(['conversations.read']);
  await assert.rejects(nest([reader]), refused('access.exceeds-own'));
  await assert.rejects(role([], [reader], giver), refused('access.exceeds-own'));
  // By a version from when the role was more.
  const body = { name: `Role ${randomUUID()}`, authorisations: ['conversations.read' as const], roles: [] };
  const note = { version: 1, reason: 'As it was', restoredFrom: 1 };
  const restore = (objectId: string) => inAccount((tx) => restoreRole(tx, giver, { objectId, body, note }));
  await assert.rejects(restore(shared), refused('access.exceeds-own'));
  await assert.rejects(restore(randomUUID()), refused('access.exceeds-own'), 'nor make it again');
  // By a grant that was withdrawn from him or somebody else, and by one beyond where he stands.
  const again = (userId: string, roleId: string) =>
    inAccount((tx) =>
      restoreGrant(tx, giver, { objectId: randomUUID(), body: { userId, roleId, scope: {} }, note }),
    );
  const { userId } = await testUser(db, accountId);
  await assert.rejects(again(giver.userId, reader), refused('access.exceeds-own'));
  await assert.rejects(again(userId, reader), refused('access.exceeds-own'));
  const onTheCoast = await member({ role: manages }, { role: reader, scope: { unit: [COAST] } });
  await assert.rejects(give(onTheCoast, userId, reader, { unit: [NORTH] }), refused('access.exceeds-own'));
  await assert.rejects(give(onTheCoast, userId, reader, { unit: [SOUTH] }), refused('access.exceeds-own'));
  await give(onTheCoast, userId, reader, { unit: [COAST] });
});

test('lets an administrator appoint agents and readers, but not himself', async () => {
  await newAccount();
  const administrator = await member('administrator');
  const { userId } = await testUser(db, accountId);
  await give(administrator, userId, await builtIn('supervisor'));
  assert.ok((await allows(userId)).includes('conversations.read'));
  await assert.rejects(
    give(administrator, administrator.userId, await builtIn('supervisor')),
    refused('access.exceeds-own'),
  );
  // Nor by changing a role that he has, or one that such a role holds.
  const own = await role([]);
  const holding = await role([], [own]);
  await give('operator', administrator.userId, holding);
  await assert.rejects(
    inAccount((tx) =>
      changeRole(tx, accountId, {
        giver: administrator,
        roleId: own,
        changes: { authorisations: ['conversations.read'] },
      }),
    ),
    refused('access.exceeds-own'),
  );
});

test('gives roles only to users of the account, for queues and sites of the account', async () => {
  await newAccount();
  const others = accountId;
  const stranger = await testUser(db, others);
  const foreignQueue = randomUUID();
  await db.asOwner("insert into queue (account_id, id, name) values ($1, $2, 'Foreign')", [
    others,
    foreignQueue,
  ]);
  await newAccount();
  const { userId } = await testUser(db, accountId);
  const agent = await builtIn('agent');
  await assert.rejects(give('operator', stranger.userId, agent), refused('not-found'));
  await assert.rejects(give('operator', userId, randomUUID()), refused('not-found'));
  await assert.rejects(give('operator', userId, agent, { queue: [foreignQueue] }), refused('not-found'));
  await assert.rejects(give('operator', userId, agent, { site: [randomUUID()] }), refused('not-found'));
});

test('gives the same role in the same scope once', async () => {
  await newAccount();
  const { userId } = await testUser(db, accountId);
  const agent = await builtIn('agent');
  const first = await give('operator', userId, agent, { unit: [NORTH, SOUTH] });
  const again = await give('operator', userId, agent, { unit: [SOUTH, NORTH, SOUTH] });
  assert.equal(again.id, first.id);
  await give('operator', userId, agent, { unit: [NORTH] });
  assert.equal((await inAccount((tx) => readGrants(tx, accountId, { userId }))).length, 2);
});

test('keeps an active administrator: neither a withdrawn grant nor a changed role leaves none', async () => {
  await newAccount();
  const administrator = await member('administrator');
  const [grant] = await inAccount((tx) => readGrants(tx, accountId, { userId: administrator.userId }));
  const withdraw = () =>
    inAccount((tx) => withdrawRole(tx, accountId, { giver: administrator, grantId: grant?.id ?? '' }));
  await assert.rejects(withdraw(), refused('access.last-administrator'));
  // Somebody who holds it within a scope, and somebody who was only invited, do not count.
  await testUser(db, accountId, { roles: [{ role: 'administrator', scope: { unit: [NORTH] } }] });
  const invited = await testUser(db, accountId, { roles: ['administrator'] });
  await db.asOwner("update membership set status = 'invited' where user_id = $1", [invited.userId]);
  await assert.rejects(withdraw(), refused('access.last-administrator'));

  const own = await role(['users.manage', 'access.manage', 'access.entrust']);
  await testUser(db, accountId, { roles: [{ role: own }] });
  await withdraw();
  const weaken = inAccount((tx) =>
    changeRole(tx, accountId, {
      giver: 'operator',
      roleId: own,
      changes: { authorisations: ['users.manage'] },
    }),
  );
  await assert.rejects(weaken, refused('access.last-administrator'));
});

test('keeps an administrator when two withdraw each other at the same time', async () => {
  await newAccount();
  const [one, two] = [await member('administrator'), await member('administrator')];
  const grants = await inAccount((tx) => readGrants(tx, accountId));
  const withdrawals = [
    { giver: one, grantId: grants.find(({ userId }) => userId === two.userId)?.id ?? '' },
    { giver: two, grantId: grants.find(({ userId }) => userId === one.userId)?.id ?? '' },
  ].map((withdrawal) => inAccount((tx) => withdrawRole(tx, accountId, withdrawal)));
  const results = await Promise.allSettled(withdrawals);
  assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
});

test('takes nothing from somebody who holds more, but lets everybody lay down what is his own', async () => {
  await newAccount();
  await member('administrator');
  const manages = await role(['access.manage']);
  const giver = await member({ role: manages });
  const supervisor = await member('supervisor');
  const grants = await inAccount((tx) => readGrants(tx, accountId));
  const grantOf = (userId: string) => grants.find((grant) => grant.userId === userId)?.id ?? '';
  const withdraw = (grantId: string) => inAccount((tx) => withdrawRole(tx, accountId, { giver, grantId }));
  await assert.rejects(withdraw(grantOf(supervisor.userId)), refused('access.exceeds-own'));
  await assert.rejects(withdraw(randomUUID()), refused('not-found'));
  await withdraw(grantOf(giver.userId));
});

test('records every grant, withdrawal and change of a role, with who and where', async () => {
  await newAccount();
  const { userId } = await testUser(db, accountId);
  const defined = await role(['routing.read']);
  const grant = await give('operator', userId, defined, { unit: [NORTH] });
  await inAccount((tx) => withdrawRole(tx, accountId, { giver: 'operator', grantId: grant.id }));
  const { rows } = await db.asOwner<{ body: string }>(
    'select body from audit_outbox where account_id = $1 order by id',
    [accountId],
  );
  const events = rows.map(
    ({ body }) => JSON.parse(body) as { action: string; details?: Record<string, unknown> },
  );
  const units = Array.from({ length: 3 }, () => 'units.created');
  assert.deepEqual(
    events.map(({ action }) => action),
    [
      'accounts.created',
      ...units,
      'users.invited',
      'access.role-created',
      'access.granted',
      'access.withdrawn',
    ],
  );
  assert.deepEqual(events[6]?.details, {
    grant: grant.id,
    role: defined,
    unit: [NORTH],
    purposeGiven: true,
  });
});

test('compiles scopes to SQL that means what they mean', async () => {
  await newAccount();
  const queues = [
    { id: randomUUID(), unit: COAST },
    { id: randomUUID(), unit: SOUTH },
    { id: randomUUID(), unit: null },
  ];
  for (const [at, { id, unit }] of queues.entries())
    await db.asOwner('insert into queue (account_id, id, name, unit_id) values ($1, $2, $3, $4)', [
      accountId,
      id,
      `Queue ${at}`,
      unit,
    ]);
  const columns = { units: 'queue.units', queue: 'queue.id', site: null };
  const seen = async (...scopes: Scope[]) => {
    const rows = await inAccount((tx) =>
      tx.sql.selectFrom('queue').select('id').where(withinScopes(scopes, columns)).orderBy('name').execute(),
    );
    return rows.map(({ id }) => queues.findIndex((queue) => queue.id === id));
  };
  const [first, second] = queues.map(({ id }) => id);
  assert.ok(first && second);
  assert.deepEqual(await seen(), []);
  assert.deepEqual(await seen({}), [0, 1, 2]);
  assert.deepEqual(await seen({ unit: [NORTH] }), [0]);
  assert.deepEqual(await seen({ unit: [COAST] }), [0]);
  assert.deepEqual(await seen({ unit: [NORTH, SOUTH] }), [0, 1]);
  assert.deepEqual(await seen({ unit: [NORTH, SOUTH], queue: [second] }), [1]);
  assert.deepEqual(await seen({ unit: [NORTH] }, { queue: [second] }), [0, 1]);
  assert.deepEqual(await seen({ unit: [NORTH], queue: [second] }), []);
  assert.deepEqual(await seen({ site: [randomUUID()] }), []);
  const outside = await inAccount((tx) =>
    tx.sql
      .selectFrom('queue')
      .select('id')
      .where(sql<boolean>`not ${withinScopes([{ unit: [NORTH] }], columns)}`)
      .execute(),
  );
  assert.equal(outside.length, 2, 'what lies in no unit is outside, not unknown');
});
