import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { getSelfCheck, type SelfCheck } from '@samtal/contract/self-check';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { clientKey, testExportAccount, testExportKey } from '../../../test/export-accounts.ts';
import { Browser, testHttp } from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { selfCheckRoutes } from '../self-check/routes.ts';
import { tellOfLeftKeys } from './left-keys.ts';

const password = 'the correct horse and its battery';

describe('keys that outlive whoever brought them', () => {
  let db: TestDatabase;
  let http: HttpServer;
  let accountId: string;
  let ada: TestPerson;
  let adas: Browser;
  let bo: TestPerson;
  let cy: TestPerson;
  const sent: { to: string; names: string }[] = [];
  let mailServer = true;
  const watch = async () => {
    await tellOfLeftKeys({
      database: db.database,
      mail: {
        isPossible: async () => mailServer,
        send: async (to, { names }) => sent.push({ to, names }) > 0,
      },
    });
    return sent.splice(0);
  };

  before(async () => {
    db = await createTestDatabase();
    http = testHttp(db, (registered) => selfCheckRoutes(registered, { database: db.database }));
    accountId = await testAccount(db);
    ada = await testUser(db, accountId, { roles: ['administrator'], password });
    [bo, cy] = [await testUser(db, accountId, { roles: ['agent'] }), await testUser(db, accountId)];
    adas = await Browser.signIn(http, ada);
  });
  after(async () => {
    await http.close(0);
    await db.close();
  });

  /** One that is taken. */
  async function key(
    submittedBy: string,
    confirmedBy: string | null,
    of = accountId,
  ): Promise<[string, string]> {
    const { id, userName } = await testExportAccount(db, of);
    const { blob } = clientKey();
    const keyId = await testExportKey(db, { accountId: of, exportAccountId: id, blob });
    await db.asOwner('update export_key set submitted_by = $2, confirmed_by = $3 where id = $1', [
      keyId,
      submittedBy,
      confirmedBy,
    ]);
    return [keyId, userName];
  }
  const found = async () =>
    (await adas.call(getSelfCheck, { params: { accountId } }))
      .json<SelfCheck>()
      .keys.map(({ name, left }) => [name, ...left]);
  const become = async ({ userId }: TestPerson, status: string) =>
    await db.asOwner('update membership set status = $2 where user_id = $1', [userId, status]);

  it('are told of once to those who manage them, and found by the self-check, until they are taken no more', async () => {
    const [boKey, boName] = await key(bo.userId, ada.userId);
    const [, bothName] = await key(bo.userId, cy.userId);
    const [, cyName] = await key(ada.userId, cy.userId);
    await key(ada.userId, ada.userId);
    await key(randomUUID(), null, await testAccount(db));
    assert.deepEqual(await found(), []);
    await become(bo, 'inactive');
    const names = [boName, bothName].toSorted();
    assert.deepEqual(
      await found(),
      names.map((name) => [name, 'submitted']),
    );
    const { rows: standing } = await db.asOwner<{ key: string }>(
      'select key_id as key from standing_export_keys($1::uuid[])',
      [[boKey]],
    );
    assert.deepEqual(standing, [{ key: boKey }], 'it goes on being taken');
    mailServer = false;
    assert.deepEqual(await watch(), [], 'kept for when there is a mail server');
    mailServer = true;
    const all = await watch();
    assert.deepEqual(
      all.filter(({ to }) => to === ada.email),
      [{ to: ada.email, names: names.join(', ') }],
    );
    assert.deepEqual(await watch(), []);

    await db.asOwner('delete from membership where user_id = $1', [cy.userId]);
    assert.deepEqual(
      await found(),
      [
        [boName, 'submitted'],
        [bothName, 'submitted', 'confirmed'],
        [cyName, 'confirmed'],
      ].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    );
    assert.deepEqual(
      (await watch()).filter(({ to }) => to === ada.email),
      [{ to: ada.email, names: cyName }],
    );

    // Whoever comes back and leaves again is told of again.
    await become(bo, 'active');
    assert.deepEqual(await watch(), []);
    await become(bo, 'inactive');
    assert.deepEqual(
      (await watch()).filter(({ to }) => to === ada.email),
      [{ to: ada.email, names: boName }],
    );

    await db.asOwner("update export_key set state = 'revoked', ends_at = now() where account_id = $1", [
      accountId,
    ]);
    assert.deepEqual(await found(), []);
    const { rows } = await db.asOwner<{ count: number }>(
      `select count(*)::int as count from audit_outbox where body like '%statistics-export.left-key-notice%' and account_id = $1`,
      [accountId],
    );
    assert.deepEqual(rows, [{ count: 4 }]);
  });

  it('of an export account that is disabled or has expired are told of to nobody', async () => {
    await key(randomUUID(), null);
    assert.equal((await found()).length, 1);
    await db.asOwner('update export_account set disabled = true where account_id = $1', [accountId]);
    assert.deepEqual(await found(), []);
    assert.deepEqual(
      (await watch()).filter(({ to }) => to === ada.email),
      [],
    );
  });
});
