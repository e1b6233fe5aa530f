import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Authorisation, Scope } from '@samtal/contract/access';
import { testAccount, testUnit, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { changeRole } from './change-role.ts';
import { createRole } from './create-role.ts';
import { explainHeld, explainHolders } from './explain-access.ts';
import { giveRole } from './give-role.ts';
import { readGrants } from './queries.ts';
import { restoreGrant } from './restore-grant.ts';

let db: TestDatabase;
let accountId: string;
before(async () => {
  db = await createTestDatabase();
  accountId = await testAccount(db);
});
after(() => db.close());

const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;
const giver = 'operator' as const;

async function inAccount<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return await db.database.transaction(accountId, work);
}
async function role(authorisations: Authorisation[], roles: string[] = []): Promise<string> {
  const fields = { name: `Role ${randomUUID()}`, authorisations, roles };
  return await inAccount((tx) => createRole(tx, accountId, { giver, fields }));
}
async function give(userId: string, roleId: string, scope: Scope, reason: string) {
  return await inAccount((tx) => giveRole(tx, accountId, { giver, userId, roleId, scope, note: { reason } }));
}

test('says what somebody may do, where, what for, and through which roles, by the shortest way', async () => {
  const north = await testUnit(db, accountId, 'NORTH');
  const bottom = await role(['conversations.read', 'users.read']);
  const middle = await role([], [bottom]);
  const top = await role(['presence.read'], [middle, await role([], [middle])]);
  const { userId } = await testUser(db, accountId);
  const scoped = await give(userId, top, { unit: [north] }, 'Complaints');
  const whole = await give(userId, bottom, {}, 'Audit of 2026');
  const held = await inAccount((tx) => explainHeld(tx, accountId, userId));
  assert.deepEqual(
    held.map(({ authorisation }) => authorisation),
    ['users.read', 'conversations.read'],
    'what acts on the whole account falls away from a scope: presence.read does altogether',
  );
  assert.deepEqual(held[1]?.through, [
    { grantId: scoped.id, roles: [top, middle, bottom], scope: { unit: [north] }, purpose: 'Complaints' },
    { grantId: whole.id, roles: [bottom], scope: {}, purpose: 'Audit of 2026' },
  ]);
  assert.deepEqual(
    held[0]?.through.map(({ grantId }) => grantId),
    [whole.id],
  );
  await assert.rejects(
    inAccount((tx) => explainHeld(tx, accountId, randomUUID())),
    refused('not-found'),
  );
});

test('says who may do something, and of whoever cannot sign in that it is so', async () => {
  const exports = await role(['subject-access.export']);
  const holding = await role([], [exports]);
  const [one, two] = [
    await testUser(db, accountId, { name: 'Östen' }),
    await testUser(db, accountId, { name: 'Ada' }),
  ];
  await testUser(db, accountId, { name: 'Nobody' });
  const grants = [
    await give(two.userId, holding, {}, 'The law'),
    await give(one.userId, exports, {}, 'The law'),
    await give(one.userId, exports, { queue: [await queue()] }, 'The law'),
  ];
  await db.asOwner("update membership set status = 'inactive' where user_id = $1", [two.userId]);
  const holders = await inAccount((tx) => explainHolders(tx, accountId, 'subject-access.export'));
  assert.deepEqual(
    holders.map(({ name, status, through }) => [name, status, through.map(({ grantId }) => grantId)]),
    [
      ['Ada', 'inactive', [grants[0]?.id]],
      ['Östen', 'active', [grants[1]?.id, grants[2]?.id]],
    ],
  );
  assert.deepEqual(holders[0]?.through[0]?.roles, [holding, exports]);
  assert.deepEqual(await inAccount((tx) => explainHolders(tx, accountId, 'audit.stream')), []);
});

test('refuses to open conversations of others without a purpose, by a grant, a changed role or a restored version', async () => {
  const { userId } = await testUser(db, accountId);
  const reads = await role(['conversations.read']);
  await assert.rejects(give(userId, reads, {}, ' '), refused('access.purpose-required'));
  const plain = await role(['presence.read']);
  const holding = await role([], [plain]);
  const grant = await give(userId, holding, {}, '');
  const open = (reason: string) =>
    inAccount((tx) =>
      changeRole(tx, accountId, { giver, roleId: plain, changes: { roles: [reads] }, note: { reason } }),
    );
  await assert.rejects(open(''), refused('access.purpose-required'));
  await open('The merger');
  const [now] = await inAccount((tx) => readGrants(tx, accountId, { userId }));
  assert.deepEqual([now?.id, now?.purpose], [grant.id, 'The merger']);
  const restored = (purpose: string, reason: string) =>
    inAccount((tx) =>
      restoreGrant(
        tx,
        { ...nobody, accountId },
        {
          objectId: randomUUID(),
          body: { userId, roleId: reads, scope: {}, purpose },
          note: { version: 1, reason, restoredFrom: 1 },
        },
      ),
    );
  await assert.rejects(
    restored('', ''),
    refused('access.forbidden'),
    'whoever restores holds it, first of all',
  );
  const { rows } = await db.asOwner<{ action: string; purposeGiven: string | null }>(
    `select entry ->> 'action' as action, entry -> 'details' ->> 'purposeGiven' as "purposeGiven"
     from audit_outbox, cast(body as jsonb) as entry
     where entry -> 'subject' ->> 'id' = $1 and entry ->> 'action' like 'access.%' order by id`,
    [userId],
  );
  assert.deepEqual(rows, [
    { action: 'access.granted', purposeGiven: 'false' },
    { action: 'access.purpose-given', purposeGiven: null },
  ]);
});

/** A member who holds nothing. */
const nobody = {
  userId: randomUUID(),
  personId: randomUUID(),
  actor: { kind: 'user', id: randomUUID() },
  sessionId: null,
  name: 'Nobody',
  address: '192.0.2.1',
  origin: null,
  grants: [],
} as const;

async function queue(): Promise<string> {
  const id = randomUUID();
  await db.asOwner('insert into queue (account_id, id, name) values ($1, $2, $3)', [accountId, id, id]);
  return id;
}
