import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';

let db: TestDatabase;
before(async () => {
  db = await createTestDatabase();
});
after(() => db.close());

/** Tables that belong to no account and that no request can reach. */
const ownersOnly = ['migration'];

test('forces row-level security on every table, with a policy for whoever may use it', async () => {
  const { rows } = await db.asOwner<{ name: string; enabled: boolean; forced: boolean; policies: number }>(`
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
    from pg_class c where c.relnamespace = 'samtal'::regnamespace and c.relkind in ('r', 'p', 'm', 'f')`);
  const open = rows.filter(({ enabled, forced, policies }) => !enabled || !forced || policies === 0);
  assert.deepEqual(
    open.map(({ name }) => name),
    ownersOnly,
  );
  assert.ok(rows.length > 25);
});

test('grants nothing on the tables of the owner, and no way around the rows of others', async () => {
  const { rows: grants } = await db.asOwner<{ table_name: string }>(
    `select table_name from information_schema.role_table_grants
     where grantee in ('samtal_app', 'samtal_platform', 'PUBLIC') and table_schema = 'samtal'
       and (table_name = any($1) or privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER'))`,
    [ownersOnly],
  );
  assert.deepEqual(grants, []);
  const { rows: roles } = await db.asOwner(
    `select rolname from pg_roles where rolname like 'samtal\\_%'
       and rolname in ('samtal_app', 'samtal_platform', 'samtal_backup')
       and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin)`,
  );
  assert.deepEqual(roles, []);
  const { rows: owned } = await db.asOwner(
    `select relname from pg_class where relnamespace = 'samtal'::regnamespace
       and relowner in ('samtal_app'::regrole, 'samtal_platform'::regrole, 'samtal_backup'::regrole)`,
  );
  assert.deepEqual(owned, []);
});

test('binds every table with accounts to the account of the transaction, for reading and for writing', async () => {
  const { rows } = await db.asOwner<{ name: string; using: string; check: string | null }>(`
    select c.relname as name, pg_get_expr(p.polqual, c.oid) as using, pg_get_expr(p.polwithcheck, c.oid) as check
    from pg_policy p join pg_class c on c.oid = p.polrelid
    where 'samtal_app'::regrole = any(p.polroles) and c.relname <> 'account'`);
  assert.ok(rows.length > 20);
  for (const { name, using, check } of rows) {
    assert.match(using, /account_id = \( SELECT .*account_of_transaction\(\)/s, name);
    assert.equal(check, using, name);
  }
});

test('attack 36: shows nothing, and takes nothing, in a transaction that names no account', async () => {
  const account = await testAccount(db);
  await testUser(db, account);
  await db.asOwner('begin');
  try {
    await db.asOwner('set local role samtal_app');
    for (const table of ['account', 'membership', 'role', 'conversation', 'audit_entry']) {
      assert.equal((await db.asOwner(`select from ${table}`)).rowCount, 0, table);
    }
    await assert.rejects(
      db.asOwner("insert into queue (account_id, id, name) values ($1, $2, 'X')", [account, randomUUID()]),
      /row-level security/,
    );
  } finally {
    await db.asOwner('rollback');
  }
});

test('attack 39: hides one account from another, and refuses what would be written into it', async () => {
  const [mine, other] = [await testAccount(db, 'Mine'), await testAccount(db, 'Other')];
  const { userId } = await testUser(db, other);
  await db.database.transaction(mine, async (tx) => {
    assert.equal((await tx.sql.selectFrom('account').selectAll().execute()).length, 1);
    assert.deepEqual(
      await tx.sql.selectFrom('membership').selectAll().where('user_id', '=', userId).execute(),
      [],
    );
    const changed = await tx.sql
      .updateTable('membership')
      .set({ name: 'Changed' })
      .where('user_id', '=', userId)
      .execute();
    assert.equal(changed[0]?.numUpdatedRows, 0n);
    assert.equal(
      (await tx.sql.deleteFrom('role').where('account_id', '=', other).execute())[0]?.numDeletedRows,
      0n,
    );
  });
  const write = db.database.transaction(mine, (tx) =>
    tx.sql.insertInto('queue').values({ account_id: other, id: randomUUID(), name: 'Planted' }).execute(),
  );
  await assert.rejects(write, /row-level security/);
  const move = db.database.transaction(mine, async (tx) => {
    await tx.sql.insertInto('queue').values({ account_id: mine, id: randomUUID(), name: 'Moved' }).execute();
    await tx.sql.updateTable('queue').set({ account_id: other }).execute();
  });
  await assert.rejects(move, /row-level security/);
});

test('keeps accounts from identities, sessions and failures, and the platform from what people wrote', async () => {
  const account = await testAccount(db);
  for (const table of ['identity', 'session', 'csrf_token', 'sign_in_failure'] as const) {
    const look = db.database.read(account, (tx) => tx.sql.selectFrom(table).selectAll().execute());
    await assert.rejects(look, /permission denied/, table);
  }
  for (const table of ['entry', 'stream', 'conversation_key', 'key_bucket', 'canned_reply'] as const) {
    const look = db.database.read('platform', (tx) => tx.sql.selectFrom(table).selectAll().execute());
    await assert.rejects(look, /permission denied/, table);
  }
});

test('lets nobody change or remove an entry of the log or of the audit trail', async () => {
  const account = await testAccount(db);
  for (const scope of [account, 'platform']) {
    for (const table of ['entry', 'audit_entry'] as const) {
      const remove = db.database.transaction(scope, (tx) => tx.sql.deleteFrom(table).execute());
      // The platform prunes, and only what lies before an account's base.
      if (scope === 'platform' && table === 'audit_entry')
        assert.equal((await remove)[0]?.numDeletedRows, 0n);
      else await assert.rejects(remove, /permission denied/, `${scope} ${table}`);
      const change = db.database.transaction(scope, (tx) =>
        sql`update ${sql.table(table)} set account_id = account_id`.execute(tx.sql),
      );
      await assert.rejects(change, /permission denied/, `${scope} ${table}`);
    }
  }
});

test('runs functions that have other rights with a search path of their own', async () => {
  const { rows } = await db.asOwner<{ proname: string; proconfig: string[] | null }>(
    `select proname, proconfig from pg_proc where pronamespace = 'samtal'::regnamespace and prosecdef`,
  );
  for (const { proname, proconfig } of rows) {
    assert.ok(
      proconfig?.some((setting) => setting.startsWith('search_path=samtal, pg_temp')),
      proname,
    );
  }
});

test('attack 36: leaves no account behind on a connection that goes back to the pool', async () => {
  const account = await testAccount(db);
  await db.database.transaction(account, (tx) => tx.sql.selectFrom('role').select('id').execute());
  const { rows } = await db.database.read('platform', (tx) =>
    sql<{
      account: string | null;
    }>`select nullif(current_setting('samtal.account', true), '') as account`.execute(tx.sql),
  );
  assert.deepEqual(rows, [{ account: null }]);
});

test('lets backups read every row of every table, and change none', async () => {
  const [one, other] = [await testAccount(db), await testAccount(db)];
  await db.asOwner('begin');
  try {
    // A table that a later migration brings.
    await db.asOwner('create table later (account_id uuid primary key)');
    await db.asOwner('alter table later enable row level security, force row level security');
    await db.asOwner('insert into later values ($1)', [one]);
    await db.asOwner('select admit_backup()');
    const { rows: tables } = await db.asOwner<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'samtal'::regnamespace and relkind in ('r', 'p')`,
    );
    const { rows: rights } = await db.asOwner<{ right: string }>(
      `select distinct privilege_type as right from information_schema.role_table_grants
       where grantee = 'samtal_backup'`,
    );
    assert.deepEqual(rights, [{ right: 'SELECT' }]);
    await db.asOwner('set local role samtal_backup');
    for (const { name } of tables) await db.asOwner(`select from ${name}`);
    const { rows } = await db.asOwner<{ id: string }>('select id from account');
    assert.ok([one, other].every((id) => rows.some((row) => row.id === id)));
    assert.equal((await db.asOwner('select from later')).rowCount, 1);
    await assert.rejects(db.asOwner('delete from account'), /permission denied/);
  } finally {
    await db.asOwner('rollback');
  }
});
