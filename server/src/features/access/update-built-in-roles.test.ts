import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { testAccount, testUser, asMember } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createRole } from './create-role.ts';
import { readRoles } from './queries.ts';
import { updateBuiltInRoles } from './update-built-in-roles.ts';

let db: TestDatabase;
before(async () => {
  db = await createTestDatabase();
});
after(() => db.close());

async function rolesOf(accountId: string) {
  const roles = await db.database.read(accountId, (tx) => readRoles(tx, accountId));
  return [...roles.values()];
}

async function allowsOf(accountId: string, userId: string): Promise<string[]> {
  const member = await asMember(db, accountId, userId);
  return (member?.grants ?? []).flatMap(({ authorisations }) => [...authorisations]);
}

/** As an older version of the platform would have left it: agents could not take, and nobody was a privacy officer. */
async function makeOlder(accountId: string): Promise<void> {
  const agent = (await rolesOf(accountId)).find(({ builtIn }) => builtIn === 'agent');
  for (const table of ['role_authorisation', 'role_allows']) {
    await db.asOwner(
      `delete from ${table} where account_id = $1 and authorisation = 'conversations.take' and (role_id = $2 or '${table}' = 'role_allows')`,
      [accountId, agent?.id],
    );
  }
  await db.asOwner("delete from role where account_id = $1 and built_in = 'privacy-officer'", [accountId]);
}

test('brings roles of an older account up to date, and with them what their holders may', async () => {
  const accountId = await testAccount(db);
  const agent = (await rolesOf(accountId)).find(({ builtIn }) => builtIn === 'agent');
  assert.ok(agent);
  const fields = { name: 'Night agents', authorisations: [], roles: [agent.id] };
  const own = await db.database.transaction(accountId, (tx) =>
    createRole(tx, accountId, { giver: 'operator', fields }),
  );
  const { userId } = await testUser(db, accountId, { roles: [{ role: own }] });
  await makeOlder(accountId);
  assert.ok(!(await allowsOf(accountId, userId)).includes('conversations.take'));

  assert.equal(await updateBuiltInRoles(db.database), 1);
  assert.ok((await allowsOf(accountId, userId)).includes('conversations.take'));
  const after = await rolesOf(accountId);
  const fresh = await rolesOf(await testAccount(db));
  for (const { builtIn, allows } of fresh) {
    const same = after.find((role) => role.builtIn === builtIn);
    assert.deepEqual(same?.allows.toSorted(), allows.toSorted(), `${builtIn}`);
  }
  assert.deepEqual(
    after.find(({ id }) => id === own)?.allows.toSorted(),
    after.find(({ id }) => id === agent.id)?.allows.toSorted(),
  );
  const { rows } = await db.asOwner<{ action: string }>(
    `select entry->>'action' as action from audit_outbox, cast(body as jsonb) as entry
      where account_id = $1 and entry->>'action' like 'access.role-%' and entry->'actor'->>'kind' = 'system'`,
    [accountId],
  );
  assert.deepEqual(rows.map(({ action }) => action).toSorted(), [
    'access.role-changed',
    'access.role-created',
  ]);
});

test('leaves accounts alone whose roles are as they should be, and takes away what a role lost', async () => {
  const accountId = await testAccount(db);
  assert.equal(await updateBuiltInRoles(db.database), 0);
  const analyst = (await rolesOf(accountId)).find(({ builtIn }) => builtIn === 'analyst');
  for (const table of ['role_authorisation', 'role_allows'])
    await db.asOwner(`insert into ${table} values ($1, $2, 'conversations.read')`, [accountId, analyst?.id]);
  assert.equal(await updateBuiltInRoles(db.database), 1);
  const after = (await rolesOf(accountId)).find(({ builtIn }) => builtIn === 'analyst');
  assert.deepEqual(after?.allows.toSorted(), analyst?.allows.toSorted());
  assert.equal(await updateBuiltInRoles(db.database), 0);
});

test('makes a built-in role whose name a role of the account’s own has', async () => {
  const accountId = await testAccount(db);
  await makeOlder(accountId);
  await db.database.transaction(accountId, (tx) =>
    createRole(tx, accountId, {
      giver: 'operator',
      fields: { name: 'privacy officer', authorisations: ['audit.read'], roles: [] },
    }),
  );
  assert.equal(await updateBuiltInRoles(db.database), 1);
  const names = (await rolesOf(accountId)).map(({ name }) => name);
  assert.ok(names.includes('privacy officer') && names.includes('Privacy officer (privacy-officer)'));
});
