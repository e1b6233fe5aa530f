import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { Client } from 'pg';
import { testAccount } from '../../../test/accounts.ts';
import { publishTestFile } from '../../../test/export-accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Database } from './database.ts';
import { mainSchema, migrate, MigrationError } from './migrate.ts';
import { attempt, type Tx } from './index.ts';

describe('the database', () => {
  let db: TestDatabase;
  let one: string;
  let other: string;
  before(async () => {
    db = await createTestDatabase();
    [one, other] = [await testAccount(db), await testAccount(db)];
    for (const account of [one, other]) {
      await db.asOwner('insert into queue (account_id, id, name) values ($1, $2, $3)', [
        account,
        randomUUID(),
        'General',
      ]);
    }
  });
  after(async () => await db.close());

  const queues = async (tx: Tx) =>
    (await tx.sql.selectFrom('queue').select('account_id').execute()).map((row) => row.account_id);

  /** A pool with one connection, so that each transaction is bound to have the one before as its predecessor. */
  async function withOneConnection<Result>(work: (database: Database) => Promise<Result>): Promise<Result> {
    const database = new Database({ connectionString: db.url, max: 1, onError: () => undefined });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  it('shows a transaction the rows of its account, although the query names none', async () => {
    assert.deepEqual(await db.database.read(one, queues), [one]);
    assert.deepEqual(await db.database.transaction(other, queues), [other]);
  });

  it('attack 52: reads bytes as they are, of the account alone, and writes nothing into a statement but numbers and ids', async () => {
    const content = randomBytes(200_003);
    const id = await publishTestFile(db, { accountId: one, path: 'Metrics/2026/11/26/a.csv', content });
    const select = `select substring(content from at for 65536) from statistics_file, generate_series(1, $2, 65536) at
      where id = $1 order by at`;
    const read = async (account: string, values: (number | string)[]) =>
      await withOneConnection(
        async (database) =>
          await database.read(account, async (tx) => await tx.bytes(select, values, 200_003)),
      );
    assert.deepEqual(await read(one, [id, 200_003]), content);
    assert.equal(await read(other, [id, 200_003]), null);
    for (const value of [`${id}' or true --`, '1', '', 1.5, Number.NaN, 2 ** 60])
      await assert.rejects(read(one, [id, value]), /Only whole numbers and ids/, String(value));
    await withOneConnection(async (database) => {
      await assert.rejects(
        database.read(one, async (tx) => await tx.bytes('select content from nowhere', [], 1)),
        /does not exist/,
      );
      // And the connection goes on being one.
      assert.deepEqual(await database.read(one, queues), [one]);
    });
  });

  it('attack 36: shows nothing to a connection that was bound to no account', async () => {
    const client = new Client({ connectionString: db.url, options: '-c search_path=samtal' });
    await client.connect();
    await client.query('begin; set local role samtal_app');
    const { rows: tables } = await client.query<{ name: string }>(
      `select table_name as name from information_schema.table_privileges
       where grantee = 'samtal_app' and privilege_type = 'SELECT' and table_schema = 'samtal'`,
    );
    assert.ok(tables.length > 15);
    for (const { name } of tables) {
      assert.equal((await client.query(`select from ${name}`)).rowCount, 0, name);
    }
    await client.end();
  });

  it('attack 36: refuses a row of another account, and cannot reach one by naming it', async () => {
    const foreign = { account_id: other, id: randomUUID(), name: 'Smuggled' };
    await assert.rejects(
      db.database.transaction(one, async (tx) => await tx.sql.insertInto('queue').values(foreign).execute()),
      { code: '42501' },
    );
    await assert.rejects(
      db.database.transaction(
        one,
        async (tx) => await tx.sql.updateTable('queue').set({ account_id: other }).execute(),
      ),
      { code: '42501' },
    );
    const changed = await db.database.transaction(
      one,
      async (tx) =>
        await tx.sql
          .updateTable('queue')
          .set({ name: 'Taken over' })
          .where('account_id', '=', other)
          .executeTakeFirst(),
    );
    assert.equal(changed.numUpdatedRows, 0n);
    assert.deepEqual(await db.database.read(other, queues), [other]);
  });

  it('attack 36: never carries an account over to the next transaction of the same connection', async () => {
    await withOneConnection(async (database) => {
      assert.deepEqual(await database.read(one, queues), [one]);
      assert.deepEqual(await database.read(other, queues), [other]);
      await assert.rejects(
        database.transaction(one, async () => await Promise.reject(new Error('given up'))),
        /given up/,
      );
      const settings = await database.transaction(
        'platform',
        async (tx) =>
          await sql<{ account: string; role: string }>`
          select current_setting('samtal.account', true) as account, current_user as role`.execute(tx.sql),
      );
      assert.deepEqual(settings.rows, [{ account: '', role: 'samtal_platform' }]);
    });
  });

  it('attack 36: never carries an account over when a statement failed, or the connection was used up', async () => {
    await withOneConnection(async (database) => {
      await assert.rejects(
        database.transaction(one, async (tx) => await sql`select 1/0`.execute(tx.sql)),
        { code: '22012' },
      );
      assert.deepEqual(await database.read(other, queues), [other]);
      await assert.rejects(
        database.transaction(
          one,
          async (tx) => await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx.sql),
        ),
      );
      assert.deepEqual(await database.read(other, queues), [other]);
    });
  });

  it('survives that its connections are cut while they are in use and nobody waits for an answer', async () => {
    const errors: Error[] = [];
    const database = new Database({
      connectionString: db.url,
      max: 2,
      onError: (error) => void errors.push(error),
    });
    const attempt = database.transaction(one, async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx.sql);
      await db.asOwner('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return await queues(tx);
    });
    await assert.rejects(attempt);
    assert.ok(errors.length > 0);
    assert.deepEqual(await database.read(one, queues), [one]);
    await database.close();
  });

  it('refuses a scope that is neither the platform nor an id', async () => {
    for (const scope of ['', "x'; set role postgres; --", one.toUpperCase(), `${one} `]) {
      await assert.rejects(db.database.read(scope, queues), /proper account id/);
    }
  });

  it('refuses a transaction within a transaction', async () => {
    await assert.rejects(
      db.database.transaction(one, async () => await db.database.read(one, queues)),
      /do not nest/,
    );
    await assert.rejects(
      db.database.transaction(
        one,
        async (tx) =>
          await tx.sql
            .transaction()
            .execute(async (inner) => await inner.selectFrom('queue').selectAll().execute()),
      ),
      /do not nest/,
    );
    // What a transaction starts for later is not inside it.
    await db.database.transaction(one, async (tx) => {
      tx.afterCommit(() => undefined);
      return await queues(tx);
    });
    assert.deepEqual(await db.database.read(one, queues), [one]);
  });

  it('cannot write in a read', async () => {
    await assert.rejects(
      db.database.read(one, async (tx) => await tx.sql.updateTable('queue').set({ name: 'x' }).execute()),
      { code: '25006' },
    );
  });

  it('runs effects after the commit, in order, and none when there is no commit', async () => {
    const seen: string[] = [];
    const name = `Queue ${randomUUID()}`;
    const insert = async (tx: Tx) => {
      await tx.sql.insertInto('queue').values({ account_id: one, id: randomUUID(), name }).execute();
      tx.afterCommit(() => seen.push('first'));
      tx.afterCommit(() => seen.push('second'));
    };
    await assert.rejects(
      db.database.transaction(one, async (tx) => {
        await insert(tx);
        throw new Error('given up');
      }),
      /given up/,
    );
    assert.deepEqual(seen, []);
    await db.database.transaction(one, async (tx) => {
      await insert(tx);
      assert.deepEqual(seen, []);
    });
    assert.deepEqual(seen, ['first', 'second']);
  });

  it('goes on without a part that failed, and neither keeps what it wrote nor does what it announced', async () => {
    const told: string[] = [];
    const add = async (tx: Tx, name: string) => {
      tx.afterCommit(() => told.push(name));
      await tx.sql.insertInto('queue').values({ account_id: one, id: randomUUID(), name }).execute();
    };
    await db.database.transaction(one, async (tx) => {
      await add(tx, 'before');
      await attempt(tx, async (part) => await add(part, 'kept'));
      const failing = attempt(tx, async (part) => {
        await attempt(part, async (inner) => await add(inner, 'inside'));
        await add(part, 'lost');
        throw new Error('not this one');
      });
      await assert.rejects(failing, /not this one/);
      // Also what the database refuses.
      await assert.rejects(attempt(tx, async (part) => await sql`select 1 / 0`.execute(part.sql)));
      await add(tx, 'after');
    });
    const { rows } = await db.asOwner<{ name: string }>(
      'delete from queue where account_id = $1 and name = any($2) returning name',
      [one, ['before', 'kept', 'inside', 'lost', 'after']],
    );
    assert.deepEqual(rows.map(({ name }) => name).toSorted(), ['after', 'before', 'kept']);
    assert.deepEqual(told, ['before', 'kept', 'after']);
  });

  it('does not call a commit what was rolled back because a failed statement was overlooked', async () => {
    const effects: string[] = [];
    const attempt = db.database.transaction(one, async (tx) => {
      await sql`select 1/0`.execute(tx.sql).catch(() => undefined);
      tx.afterCommit(() => effects.push('announced'));
    });
    await assert.rejects(attempt, /rolled back/);
    assert.deepEqual(effects, []);
  });

  const insertQueue = {
    name: 'test-insert-queue',
    text: 'insert into queue (account_id, id, name) values ($1, $2, $3)',
  };

  it('sends a statement that nobody waits for before whatever is asked next', async () => {
    const account = await testAccount(db);
    const seen = await db.database.transaction(account, async (tx) => {
      tx.send(insertQueue, [account, randomUUID(), 'Sent']);
      return await queues(tx);
    });
    assert.deepEqual(seen, [account]);
    assert.deepEqual(await db.database.read(account, queues), [account]);
  });

  it('fails with a statement that nobody waited for, commits nothing, and tells no effect', async () => {
    const account = await testAccount(db);
    const effects: string[] = [];
    const id = randomUUID();
    await assert.rejects(
      db.database.transaction(account, async (tx) => {
        tx.afterCommit(() => void effects.push('told'));
        tx.send(insertQueue, [account, id, 'Once']);
        tx.send(insertQueue, [account, id, 'Twice']);
        tx.send(insertQueue, [account, randomUUID(), 'Behind it']);
        return await Promise.resolve();
      }),
      { code: '23505' },
    );
    assert.deepEqual(effects, []);
    assert.deepEqual(await db.database.read(account, queues), []);
  });

  it('gives the first failure as the reason, and not what follows from it', async () => {
    const account = await testAccount(db);
    const id = randomUUID();
    await assert.rejects(
      db.database.transaction(account, async (tx) => {
        tx.send(insertQueue, [account, id, 'Once']);
        tx.send(insertQueue, [account, id, 'Twice']);
        return await queues(tx);
      }),
      { code: '23505' },
    );
  });

  it('refuses text that would come back changed', async () => {
    const write = async (name: string) =>
      await db.database.transaction(one, async (tx) => {
        await tx.sql.insertInto('queue').values({ account_id: one, id: randomUUID(), name }).execute();
      });
    for (const name of ['a\0b', 'half \ud83d', '\udc00 half'])
      await assert.rejects(write(name), { code: '22021' });
    await write('whole 😀');
  });
});

describe('a migration', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  async function migrated(): Promise<string[]> {
    const client = new Client({ connectionString: db.url });
    await client.connect();
    try {
      return await migrate(client, mainSchema);
    } finally {
      await client.end();
    }
  }

  it('is applied once', async () => {
    assert.deepEqual(await migrated(), []);
    assert.deepEqual(await Promise.all([migrated(), migrated()]), [[], []]);
  });

  it('refuses a database whose migration was another one when it was applied', async () => {
    const { rows } = await db.asOwner<{ name: string; hash: string }>(
      'select name, hash from migration order by name',
    );
    const [first] = rows;
    assert.ok(first);
    await db.asOwner('update migration set hash = $2 where name = $1', [first.name, 'changed']);
    await assert.rejects(migrated(), MigrationError);
    await db.asOwner('update migration set hash = $2 where name = $1', [first.name, first.hash]);
    await migrated();
  });

  it('refuses a database that a later version has been at', async () => {
    await db.asOwner("insert into migration (name, hash) values ('9999-from-the-future.sql', 'x')");
    await assert.rejects(migrated(), MigrationError);
    await db.asOwner("delete from migration where name = '9999-from-the-future.sql'");
  });

  it('protects every table that names an account, also from its owner', async () => {
    const { rows } = await db.asOwner<{ name: string; protected: boolean; policies: number }>(
      `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as protected,
         (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
       from pg_class c
       where c.relnamespace = 'samtal'::regnamespace and c.relkind = 'r' and c.relname <> 'migration'`,
    );
    assert.ok(rows.length > 25);
    assert.deepEqual(
      rows.filter((row) => !row.protected || row.policies === 0),
      [],
    );
  });
});
