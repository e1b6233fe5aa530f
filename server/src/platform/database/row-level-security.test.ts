import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { Client } from 'pg';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';

let db: TestDatabase;
before(async () => {
  db = await createTestDatabase();
});
after(() => db.close());

/** Tables that belong to no account and that no request can reach. */
const ownersOnly = ['migration'];

test('attack 36: forces row-level security on every table, with a policy for whoever may use it', async () => {
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
     where grantee in ('samtal_app', 'samtal_platform', 'samtal_sftp', 'PUBLIC') and table_schema = 'samtal'
       and (table_name = any($1) or privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER'))`,
    [ownersOnly],
  );
  assert.deepEqual(grants, []);
  const { rows: roles } = await db.asOwner(
    `select rolname from pg_roles where rolname like 'samtal\\_%'
       and rolname in ('samtal_app', 'samtal_platform', 'samtal_backup', 'samtal_sftp')
       and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin)`,
  );
  assert.deepEqual(roles, []);
  const { rows: owned } = await db.asOwner(
    `select relname from pg_class where relnamespace = 'samtal'::regnamespace
       and relowner in ('samtal_app'::regrole, 'samtal_platform'::regrole, 'samtal_backup'::regrole, 'samtal_sftp'::regrole)`,
  );
  assert.deepEqual(owned, []);
});

test('attack 36: binds every table with accounts to the account of the transaction, for reading and for writing', async () => {
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

/** What the process that speaks SFTP may do, by table; as PostgreSQL says it, with the columns. */
const bySftp = [
  'audit_outbox insert account_id, body',
  'export_account select account_id, id',
  'export_account update last_used_at',
  'export_key select account_id, id',
  'export_key update last_used_at',
];

test('attack 36: lets the process that speaks SFTP read published files, note what was used, and do nothing else', async () => {
  const { rows: granted } = await db.asOwner<{ may: string }>(`
    select format('%s %s %s', c.relname, privilege, string_agg(a.attname, ', ' order by a.attname)) as may
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    cross join unnest(array['select', 'insert', 'update', 'references']) privilege
    where c.relnamespace = 'samtal'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and has_column_privilege('samtal_sftp', c.oid, a.attnum, privilege)
    group by c.relname, privilege order by 1`);
  const files = granted.filter(({ may }) => may.startsWith('statistics_file '));
  assert.equal(files.length, 1);
  assert.match(files[0]?.may ?? '', /^statistics_file select /);
  assert.deepEqual(
    granted.map(({ may }) => may).filter((may) => !may.startsWith('statistics_file ')),
    bySftp,
  );
  const { rows: further } = await db.asOwner<{ may: string }>(`
    select format('%s %s', c.relname, privilege) as may
    from pg_class c cross join unnest(array['delete', 'truncate', 'trigger']) privilege
    where c.relnamespace = 'samtal'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and has_table_privilege('samtal_sftp', c.oid, privilege)
    union all
    select format('%s usage', relname) from pg_class
    where relnamespace = 'samtal'::regnamespace
      and case when relkind = 'S' then has_sequence_privilege('samtal_sftp', oid, 'usage, update') end
    union all
    select format('%s %s', nspname, privilege) from pg_namespace cross join unnest(array['create', 'usage']) privilege
    where nspname not like 'pg\\_%' and nspname not in ('information_schema', 'public')
      and has_schema_privilege('samtal_sftp', oid, privilege)
    union all
    select format('member of %s', r.rolname) from pg_auth_members m join pg_roles r on r.oid = m.roleid
    where m.member = 'samtal_sftp'::regrole`);
  assert.deepEqual(further, [{ may: 'samtal usage' }]);
  const { rows: functions } = await db.asOwner<{ name: string }>(`
    select p.proname as name from pg_proc p
    where p.pronamespace = 'samtal'::regnamespace and p.prosecdef and has_function_privilege('samtal_sftp', p.oid, 'execute')
    order by 1`);
  assert.deepEqual(
    functions.map(({ name }) => name),
    ['export_login', 'standing_export_keys'],
  );
});

test('attack 36: refuses to the process that speaks SFTP every other table and every other write, and rows of other accounts', async () => {
  const [mine, other] = [await testAccount(db), await testAccount(db)];
  const { rows: tables } = await db.asOwner<{ name: string; column: string }>(
    `select c.relname as name, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum = 1
     where c.relnamespace = 'samtal'::regnamespace and c.relkind in ('r', 'p')`,
  );
  assert.ok(tables.length > 25);
  const tries = tables.flatMap(({ name, column }) => [
    ...(name === 'statistics_file' ? [] : [`select * from ${name}`]),
    `update ${name} set ${column} = default`,
    `delete from ${name}`,
    `truncate ${name}`,
    `insert into ${name} default values`,
  ]);
  const client = new Client({ connectionString: db.url, options: '-c search_path=samtal' });
  await client.connect();
  try {
    for (const text of [...tries, 'create table planted ()']) {
      await client.query(`begin; set local role samtal_sftp; set local samtal.account = '${mine}'`);
      await assert.rejects(client.query(text), /permission denied|row-level security/, text);
      await client.query('rollback');
    }
    await client.query(`begin; set local role samtal_sftp; set local samtal.account = '${mine}'`);
    await assert.rejects(
      client.query('insert into audit_outbox (account_id, body) values ($1, $2)', [other, '{}']),
      /row-level security/,
    );
    await client.query('rollback');
  } finally {
    await client.end();
  }
});
