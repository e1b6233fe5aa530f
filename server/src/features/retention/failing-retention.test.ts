import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { makeAccount, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { setSettings } from '../../../test/settings.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { doEach } from './each-account.ts';
import { runRetention } from './run-retention.ts';

describe('retention of which a part fails', () => {
  let db: TestDatabase;
  let account: TestAccount;
  before(async () => {
    db = await createTestDatabase();
    account = await makeAccount(db, { origin: 'https://example.org' });
  });
  after(async () => await db.close());

  const run = async () =>
    await runRetention({
      database: db.database,
      keyring: db.keyring,
      keys: new ConversationKeys(db.keyring),
      fanout: new Fanout(),
    });
  const counts = async () => {
    const { rows } = await db.asOwner<{ facts: number; sessions: number }>(
      `select (select count(*)::integer from fact where account_id = $1) as facts,
         (select count(*)::integer from visitor_session where account_id = $1) as sessions`,
      [account.id],
    );
    return rows[0];
  };

  it('deletes everything else of the account nevertheless, and says what failed', async () => {
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    await db.asOwner(
      `with told as (
         insert into fact (account_id, at, kind, conversation_id, outcome)
         values ($1, now() - interval '200 days', 'queued', gen_random_uuid(), 'first')
       ), counted as (
         insert into rolled_up (account_id, until, stands_open) values ($1, now(), false)
       )
       insert into visitor_session (account_id, id, token_hash, expires_at)
         values ($1, gen_random_uuid(), 'over', now() - interval '25 hours')`,
      [account.id],
    );
    await db.asOwner(`create function spoil() returns trigger language plpgsql as $$
      begin raise exception 'a broken page' using errcode = 'XX001'; end $$`);
    await db.asOwner(
      'create trigger spoiled before update on rolled_up for each row execute function spoil()',
    );
    await assert.rejects(run(), { code: 'XX001' });
    assert.deepEqual(await counts(), { facts: 1, sessions: 0 });
    await db.asOwner('drop trigger spoiled on rolled_up');
    await run();
    assert.deepEqual(await counts(), { facts: 0, sessions: 0 });
  });

  it('tells of all that failed, one by one, when all had their turn', async () => {
    const [first, second, third] = [new Error('first'), new Error('second'), new Error('third')];
    const done: string[] = [];
    const fail = (error: Error) => async () => await Promise.reject(error);
    const works = [
      fail(first),
      async () => await doEach([fail(second), async () => await Promise.resolve(), fail(third)]),
      async () => await Promise.resolve(void done.push('last')),
    ];
    await assert.rejects(doEach(works), (error) => {
      assert.ok(error instanceof AggregateError);
      assert.deepEqual(error.errors, [first, second, third]);
      return true;
    });
    assert.deepEqual(done, ['last']);
    await assert.rejects(doEach([fail(first)]), first);
  });
});
