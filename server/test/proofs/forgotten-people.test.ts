import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { removeUser as removeUserEndpoint } from '@samtal/contract/users';
import { setAccountStatus } from '../../src/features/accounts/index.ts';
import { diskStore } from '../../src/features/media/index.ts';
import { deleteAccount } from '../../src/features/retention/index.ts';
import { signinJobs } from '../../src/features/signin/index.ts';
import { inviteUser } from '../../src/features/users/index.ts';
import { usersRoutes } from '../../src/features/users/routes.ts';
import type { Tx } from '../../src/platform/database/index.ts';
import type { HttpServer } from '../../src/platform/http/index.ts';
import { ConversationKeys } from '../../src/platform/keys/index.ts';
import { testAccount, testUser, type TestPerson } from '../accounts.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { Browser, testHttp } from '../requests.ts';

const password = 'blå hästar äter 7 tulpaner';

describe('people whom no account knows any more', () => {
  let db: TestDatabase;
  let http: HttpServer;
  before(async () => {
    db = await createTestDatabase();
    http = testHttp(db, (served) =>
      usersRoutes(served, { database: db.database, beforeLeaving: () => Promise.resolve() }),
    );
  });
  after(() => db.close());

  const nameOf = () => `Ottilia ${randomBytes(6).toString('hex')}`;
  async function tablesThatHold(text: string): Promise<string[]> {
    const { rows } = await db.asOwner<{ name: string }>(
      "select relname as name from pg_class where relnamespace = 'samtal'::regnamespace and relkind = 'r'",
    );
    const holding: string[] = [];
    for (const { name } of rows) {
      const { rowCount } = await db.asOwner(
        `select from ${name} each where position(lower($1) in lower(each::text)) > 0 limit 1`,
        [text],
      );
      if (rowCount === 1) holding.push(name);
    }
    return holding.toSorted();
  }
  const identityOf = async ({ userId }: TestPerson) =>
    (await db.asOwner('select from identity where id = $1', [userId])).rowCount;
  const remove = async (tx: Tx, accountId: string, { userId }: { userId: string }) =>
    await tx.sql
      .deleteFrom('membership')
      .where('account_id', '=', accountId)
      .where('user_id', '=', userId)
      .execute();
  const sweep = async () => {
    for (const { run } of signinJobs(db)) await run();
  };

  it('are in no table, by name or address, after they were removed from their last account', async () => {
    const [one, other] = [await testAccount(db), await testAccount(db)];
    const name = nameOf();
    const person = await testUser(db, one, { name, password, roles: ['agent'] });
    await testUser(db, other, { name, email: person.email });
    await Browser.signIn(http, person);
    for (const [accountId, left] of [
      [one, 1],
      [other, 0],
    ] as const) {
      const boss = await Browser.signIn(
        http,
        await testUser(db, accountId, { password, roles: ['administrator'] }),
      );
      const params = { accountId, userId: person.userId };
      assert.equal((await boss.call(removeUserEndpoint, { params })).statusCode, 204);
      assert.equal(await identityOf(person), left);
    }
    assert.deepEqual([await tablesThatHold(name), await tablesThatHold(person.email)], [[], []]);
  });

  it('go with the account that was the only one to know them', async () => {
    const [ended, going] = [await testAccount(db, 'Ended'), await testAccount(db, 'Going on')];
    const [name, kept] = [nameOf(), nameOf()];
    const person = await testUser(db, ended, { name });
    const both = await testUser(db, ended, { name: kept });
    await testUser(db, going, { name: kept, email: both.email });
    const actor = { kind: 'operator' } as const;
    await db.database.transaction('platform', (tx) =>
      setAccountStatus(tx, ended, { status: 'suspended', actor }),
    );
    const parts = { ...db, keys: new ConversationKeys(db.keyring), store: diskStore(db.mediaDirectory) };
    await deleteAccount(parts, { id: ended, name: 'Ended' }, actor);
    assert.deepEqual([await tablesThatHold(name), await tablesThatHold(person.email)], [[], []]);
    assert.equal(await identityOf(both), 1);
  });

  it('stay when they are invited elsewhere at the same moment, whoever is first', async () => {
    const [left, joined] = [await testAccount(db), await testAccount(db)];
    for (const first of ['invited', 'removed'] as const) {
      const person = await testUser(db, left, { name: nameOf() });
      const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const user = { email: person.email, name: 'Known' };
      const invite = async (tx: Tx) => await inviteUser(tx, joined, { actor: { kind: 'operator' }, user });
      const leave = async (tx: Tx) => await remove(tx, left, person);
      const [faster, slower] =
        first === 'invited'
          ? ([
              [joined, invite],
              [left, leave],
            ] as const)
          : ([
              [left, leave],
              [joined, invite],
            ] as const);
      const held = db.database.transaction(faster[0], async (tx) => {
        await faster[1](tx);
        begun.resolve();
        await go.promise;
      });
      await begun.promise;
      const waiting = db.database.transaction(slower[0], async (tx) => void (await slower[1](tx)));
      if (first === 'invited') await waiting;
      go.resolve();
      await Promise.all([held, waiting]);
      await sweep();
      const { rows } = await db.asOwner<{ account_id: string; status: string }>(
        'select m.account_id, m.status from membership m join identity on identity.id = m.user_id where m.email = $1',
        [person.email],
      );
      assert.deepEqual(rows, [{ account_id: joined, status: 'invited' }], first);
    }
  });

  it('go in the next sweep when two accounts removed them at the same moment', async () => {
    const [one, other] = [await testAccount(db), await testAccount(db)];
    const person = await testUser(db, one, { name: nameOf() });
    await testUser(db, other, { email: person.email });
    const go = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const first = db.database.transaction(one, async (tx) => {
      await remove(tx, one, person);
      begun.resolve();
      await go.promise;
    });
    await begun.promise;
    await db.database.transaction(other, async (tx) => void (await remove(tx, other, person)));
    go.resolve();
    await first;
    assert.equal(await identityOf(person), 1);
    await sweep();
    assert.equal(await identityOf(person), 0);
  });
});
