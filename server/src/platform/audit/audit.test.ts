import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { testAccount } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createLog } from '../log/index.ts';
import { headMac, linkHash } from './chain.ts';
import { AuditSealer, recordAudit, sealOutbox, verifyAudit } from './index.ts';

const key = randomBytes(32);

describe('the audit trail', () => {
  let db: TestDatabase;
  let account: string;
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  /** An account whose chain has ten entries: its making, and nine things that happened. */
  beforeEach(async () => {
    await db.asOwner('truncate account cascade');
    await db.asOwner('truncate audit_outbox, audit_entry, audit_head');
    account = await testAccount(db);
    await record(9);
    assert.equal(await seal(), 10);
  });

  async function record(count: number, of = account): Promise<void> {
    await db.database.transaction(of, async (tx) => {
      for (let number = 1; number <= count; number += 1) {
        await recordAudit(tx, of, {
          action: 'tests.happened',
          actor: { kind: 'system' },
          details: { number, b: 1, a: 2 },
        });
      }
    });
  }
  const seal = async () => await db.database.transaction('platform', async (tx) => await sealOutbox(tx, key));
  const verdict = async () => {
    const { publicKey } = await db.keyring.signingKey();
    const { accounts, entries, unsealed, faults } = await verifyAudit(db.database, {
      head: key,
      publicKey,
      directory: null,
    });
    return { accounts, entries, unsealed, faults };
  };
  const faults = async () => (await verdict()).faults;
  const change = async (statement: string, ...values: unknown[]) =>
    await db.asOwner(statement, [account, ...values]);

  it('is found whole when nothing was done to it', async () => {
    const other = await testAccount(db);
    await record(3, other);
    assert.deepEqual(await verdict(), {
      accounts: 1,
      entries: 10,
      unsealed: 4,
      faults: [],
    });
    await seal();
    assert.deepEqual(await verdict(), {
      accounts: 2,
      entries: 14,
      unsealed: 0,
      faults: [],
    });
    await record(2);
    await seal();
    assert.deepEqual(await faults(), []);
  });

  it('keeps the text of an entry exactly as it was recorded', async () => {
    const { rows } = await change('select body from audit_entry where account_id = $1 and seq = 2');
    assert.deepEqual(rows, [
      { body: '{"action":"tests.happened","actor":{"kind":"system"},"details":{"number":1,"b":1,"a":2}}' },
    ]);
  });

  it('attack 76: shows which entry was changed', async () => {
    await change(
      'update audit_entry set body = replace(body, \'"number":4\', \'"number":5\') where account_id = $1 and seq = 5',
    );
    assert.deepEqual(await faults(), [{ account, seq: 5, fault: 'changed' }]);
  });

  it('shows that an entry was put at another time', async () => {
    await change("update audit_entry set at = at - interval '1 hour' where account_id = $1 and seq = 7");
    assert.deepEqual(await faults(), [{ account, seq: 7, fault: 'changed' }]);
  });

  it('shows that an entry was changed with its hash, since the next one refers to the old one', async () => {
    const { rows } = await change(
      'select seq, at, body, previous from audit_entry where account_id = $1 and seq = 5',
    );
    const entry = rows[0] as { seq: number; at: Date; body: string; previous: Buffer };
    const body = entry.body.replace('4', '5');
    const hash = linkHash({ ...entry, account, seq: 5, body });
    await change('update audit_entry set body = $2, hash = $3 where account_id = $1 and seq = 5', body, hash);
    assert.deepEqual(await faults(), [{ account, seq: 6, fault: 'broken-link' }]);
  });

  it('attack 76: shows which entry was removed', async () => {
    await change('delete from audit_entry where account_id = $1 and seq = 4');
    assert.deepEqual(await faults(), [{ account, seq: 4, fault: 'missing' }]);
    await change('update audit_entry set seq = seq - 1 where account_id = $1 and seq = 5');
    assert.deepEqual(await faults(), [{ account, seq: 4, fault: 'broken-link' }]);
  });

  it('shows that the first or the last entries were removed', async () => {
    await change('delete from audit_entry where account_id = $1 and seq > 7');
    assert.deepEqual(await faults(), [{ account, seq: 8, fault: 'cut' }]);
    await change('delete from audit_entry where account_id = $1 and seq = 1');
    assert.deepEqual(await faults(), [{ account, seq: 1, fault: 'missing' }]);
    await change('delete from audit_entry where account_id = $1');
    assert.deepEqual(await faults(), [{ account, seq: 1, fault: 'cut' }]);
  });

  it('shows that the whole chain was removed, head and all', async () => {
    await change('delete from audit_entry where account_id = $1');
    await change('delete from audit_head where account_id = $1');
    assert.deepEqual(await faults(), [{ account, seq: 1, fault: 'missing' }]);
  });

  it('attack 76: shows that two entries changed places', async () => {
    await change(`update audit_entry set body = other.body, at = other.at from audit_entry other
      where audit_entry.account_id = $1 and other.account_id = $1
        and ((audit_entry.seq = 3 and other.seq = 6) or (audit_entry.seq = 6 and other.seq = 3))`);
    assert.deepEqual(await faults(), [{ account, seq: 3, fault: 'changed' }]);
  });

  it('shows that whole entries changed places, with their hashes', async () => {
    await change('update audit_entry set seq = -seq where account_id = $1 and seq in (3, 4)');
    await change('update audit_entry set seq = 7 + seq where account_id = $1 and seq < 0');
    assert.deepEqual(await faults(), [{ account, seq: 3, fault: 'broken-link' }]);
  });

  it('attack 76: shows that an entry was inserted, at the end or between', async () => {
    const { rows } = await change('select hash from audit_entry where account_id = $1 and seq = 10');
    const [{ hash: previous } = { hash: Buffer.alloc(0) }] = rows as { hash: Buffer }[];
    const made = { account, seq: 11, at: new Date(), previous, body: '{"action":"tests.invented"}' };
    await change(
      'insert into audit_entry (account_id, seq, at, body, previous, hash) values ($1, 11, $2, $3, $4, $5)',
      made.at,
      made.body,
      previous,
      linkHash(made),
    );
    assert.deepEqual(await faults(), [{ account, seq: 11, fault: 'head-forged' }]);
    await change('update audit_entry set seq = seq + 100 where account_id = $1 and seq between 5 and 10');
    await change('update audit_entry set seq = 5 where account_id = $1 and seq = 11');
    await change('update audit_entry set seq = seq - 99 where account_id = $1 and seq > 100');
    assert.deepEqual(await faults(), [{ account, seq: 5, fault: 'broken-link' }]);
  });

  it('attack 76: shows that the chain was rewritten by someone without the key, heads included', async () => {
    await change('delete from audit_entry where account_id = $1 and seq > 7');
    const { rows } = await change('select hash from audit_entry where account_id = $1 and seq = 7');
    const [{ hash } = { hash: Buffer.alloc(0) }] = rows as { hash: Buffer }[];
    await change('update audit_head set seq = 7, hash = $2 where account_id = $1', hash);
    assert.deepEqual(await faults(), [{ account, seq: 7, fault: 'head-forged' }]);
    await change(
      'update audit_head set mac = $2 where account_id = $1',
      headMac(randomBytes(32), account, 7, hash),
    );
    assert.deepEqual(await faults(), [{ account, seq: 7, fault: 'head-forged' }]);
    await change('update audit_head set mac = $2 where account_id = $1', createHash('sha256').digest());
    assert.deepEqual(await faults(), [{ account, seq: 7, fault: 'head-forged' }]);
    await change('delete from audit_head where account_id = $1');
    assert.deepEqual(await faults(), [{ account, seq: 1, fault: 'head-missing' }]);
  });

  it('shows that a chain was put in the place of another account’s', async () => {
    const other = await testAccount(db);
    await seal();
    await change('delete from audit_entry where account_id = $1');
    await change('delete from audit_head where account_id = $1');
    await db.asOwner('update audit_entry set account_id = $1 where account_id = $2', [account, other]);
    await db.asOwner('update audit_head set account_id = $1 where account_id = $2', [account, other]);
    assert.deepEqual(
      new Set(await faults()),
      new Set([
        { account: other, seq: 1, fault: 'missing' },
        { account, seq: 1, fault: 'changed' },
      ]),
    );
  });

  it('finds the fault of one account without being kept from those of others', async () => {
    const other = await testAccount(db);
    await record(4, other);
    await seal();
    await change('delete from audit_entry where account_id = $1 and seq = 2');
    await db.asOwner("update audit_entry set body = '{}' where account_id = $1 and seq = 3", [other]);
    assert.deepEqual(
      new Set(await faults()),
      new Set([
        { account, seq: 2, fault: 'missing' },
        { account: other, seq: 3, fault: 'changed' },
      ]),
    );
  });

  it('cannot be changed, removed from or forged by those who serve requests, nor the outbox read', async () => {
    const refused = { code: '42501' };
    const as = async (scope: string, statement: string) => {
      const role = scope === 'platform' ? 'samtal_platform' : 'samtal_app';
      await db.asOwner(`do $$ begin
        perform set_config('role', '${role}', true);
        perform set_config('samtal.account', '${account}', true);
        ${statement};
      end $$`);
    };
    for (const statement of [
      "update samtal.audit_entry set body = ''",
      'delete from samtal.audit_entry',
      'insert into samtal.audit_entry select account_id, seq + 100, at, body, previous, hash from samtal.audit_entry',
      'perform 1 from samtal.audit_outbox',
      "update samtal.audit_outbox set body = ''",
      'delete from samtal.audit_outbox',
      'perform 1 from samtal.audit_head',
      "update samtal.audit_head set mac = ''",
      'delete from samtal.audit_head',
      "update samtal.entry set body = ''",
      'delete from samtal.entry',
      'truncate samtal.audit_entry',
      'truncate samtal.entry',
    ]) {
      await assert.rejects(as(account, statement), refused, statement);
    }
    for (const statement of [
      "update samtal.audit_entry set body = ''",
      'delete from samtal.audit_head',
      'perform 1 from samtal.entry',
      'perform 1 from samtal.conversation_key',
      "update samtal.entry set body = ''",
      'delete from samtal.conversation',
    ]) {
      await assert.rejects(as('platform', statement), refused, statement);
    }
    // Pruning removes what lies before a base, and here is none.
    await as('platform', 'delete from samtal.audit_entry');
    assert.deepEqual(await faults(), []);
  });

  it('has what was recorded when it was committed, and nothing of what was rolled back', async () => {
    await assert.rejects(
      db.database.transaction(account, async (tx) => {
        await recordAudit(tx, account, { action: 'tests.undone', actor: { kind: 'system' } });
        throw new Error('given up');
      }),
      /given up/,
    );
    await record(1);
    assert.equal(await seal(), 1);
    const { rows } = await db.asOwner<{ count: number }>(
      "select count(*)::int as count from audit_entry where body like '%undone%'",
    );
    assert.deepEqual(rows, [{ count: 0 }]);
  });

  it('is sealed once, whole and in one chain, when several nodes seal and many record at the same time', async () => {
    const accounts = [account, await testAccount(db), await testAccount(db)];
    let recording = true;
    const sealing = Array.from({ length: 4 }, async () => {
      while (recording) await seal();
    });
    await Promise.all(Array.from({ length: 60 }, async (_, index) => await record(7, accounts[index % 3])));
    recording = false;
    await Promise.all(sealing);
    while ((await seal()) > 0);
    assert.deepEqual(await verdict(), {
      accounts: 3,
      entries: 10 + 2 + 420,
      unsealed: 0,
      faults: [],
    });
  });

  it('is sealed by a running node within moments, and what is left when it stops', async () => {
    const log = createLog({ destination: { write: () => undefined } });
    const sealer = new AuditSealer({ database: db.database, key, log });
    sealer.start();
    await record(5);
    while ((await verdict()).unsealed > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await record(4);
    await sealer.stop();
    assert.deepEqual(await verdict(), {
      accounts: 1,
      entries: 19,
      unsealed: 0,
      faults: [],
    });
  });

  it('records no more than was asked, and writes nothing at all for nothing', async () => {
    await db.database.transaction(account, async (tx) => await recordAudit(tx, account));
    await assert.rejects(
      db.database.transaction(
        account,
        async (tx) =>
          await recordAudit(tx, randomUUID(), { action: 'tests.foreign', actor: { kind: 'system' } }),
      ),
      { code: '42501' },
    );
    assert.equal(await seal(), 0);
  });
});
