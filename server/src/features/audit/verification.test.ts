import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { verifyAuditTrail, type AuditState } from '@samtal/contract/audit';
import { recordAudit, sealOutbox } from '../../platform/audit/index.ts';
import { Outbound } from '../../platform/outbound/index.ts';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, testHttp } from '../../../test/requests.ts';
import { auditRoutes } from './routes.ts';

const password = 'blå hästar äter 7 tulpaner';

describe('verifying the audit trail when somebody asks', () => {
  let db: TestDatabase;
  let account: string;
  let other: string;
  let officer: Browser;
  before(async () => {
    db = await createTestDatabase();
    const outbound = new Outbound({ networks: [] });
    const http = testHttp(db, (served) =>
      auditRoutes(served, { ...db, outbound, hostName: 'chat.example.org' }),
    );
    account = await testAccount(db);
    other = await testAccount(db);
    officer = await Browser.signIn(
      http,
      await testUser(db, account, { password, roles: ['privacy-officer'] }),
    );
  });
  after(async () => await db.close());

  const record = async (of: string, text: string) => {
    const event = { action: 'tests.happened', actor: { kind: 'system' }, details: { text } } as const;
    await db.database.transaction(of, async (tx) => await recordAudit(tx, of, event));
    const key = db.keyring.purposeKey('audit');
    await db.database.transaction('platform', async (tx) => await sealOutbox(tx, key));
  };
  const verify = async () => {
    const answer = await officer.call(verifyAuditTrail, { params: { accountId: account } });
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json<AuditState>().verified ?? assert.fail();
  };

  it('finds it whole, and says so on record, also when several ask at once', async () => {
    await record(account, 'one');
    const [first, second] = await Promise.all([verify(), verify()]);
    assert.deepEqual([first.fault, second.fault], [null, null]);
    assert.ok(first.entries > 0);
    await record(account, 'two');
    const { rows } = await db.asOwner<{ count: number }>(
      "select count(*)::int as count from audit_entry where account_id = $1 and action = 'audit.verified'",
      [account],
    );
    assert.equal(rows[0]?.count, 2);
    assert.ok((await verify()).entries > first.entries);
  });

  it('names the first entry that was changed, in this account alone', async () => {
    await record(other, 'elsewhere');
    await db.asOwner("update audit_entry set body = body || ' ' where account_id = $1", [other]);
    assert.equal((await verify()).fault, null);
    await record(account, 'three');
    const { rows } = await db.asOwner<{ seq: number }>(
      "update audit_entry set body = replace(body, 'three', 'tree') where account_id = $1 and body like '%three%' returning seq::int",
      [account],
    );
    assert.deepEqual((await verify()).fault, { code: 'changed', seq: rows[0]?.seq });
  });
});
