import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { appendFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { testAccount } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog } from '../../../test/node.ts';
import { beginning, headMac, linkHash } from './chain.ts';
import { keepCheckpoints, lastNumberIn, pruneAudit, recordAudit, sealOutbox, verifyAudit } from './index.ts';
import { baseBytes } from './statement.ts';

const key = randomBytes(32);

describe('checkpoints of the audit trail', () => {
  let db: TestDatabase;
  let account: string;
  let other: string;
  const logged = keptLog();
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  /** An account with ten entries and one with three, both in a checkpoint. */
  beforeEach(async () => {
    await db.asOwner('truncate account cascade');
    await db.asOwner(
      'truncate audit_outbox, audit_entry, audit_head, audit_checkpoint, audit_checkpoint_leaf, audit_base',
    );
    await rm(db.checkpointDirectory, { recursive: true, force: true });
    account = await testAccount(db);
    other = await testAccount(db);
    await record(9);
    await record(2, other);
    await checkpoint();
  });

  async function record(count: number, of = account): Promise<void> {
    await db.database.transaction(of, async (tx) => {
      for (let number = 1; number <= count; number += 1)
        await recordAudit(tx, of, {
          action: 'tests.happened',
          actor: { kind: 'system' },
          details: { number },
        });
    });
  }
  const seal = async () =>
    await db.database.transaction('platform', async (tx) => {
      while ((await sealOutbox(tx, key)) > 0);
    });
  const keep = async (when: 'hourly' | 'now') =>
    await keepCheckpoints(
      {
        database: db.database,
        keys: async () => ({ head: key, signing: await db.keyring.signingKey() }),
        directory: db.checkpointDirectory,
        log: logged.log,
      },
      when,
      await lastNumberIn(db.checkpointDirectory),
    );
  async function checkpoint(): Promise<number> {
    await seal();
    return await keep('now');
  }
  async function verdict(directory: string | null = db.checkpointDirectory) {
    const { publicKey } = await db.keyring.signingKey();
    return await verifyAudit(db.database, { head: key, publicKey, directory });
  }
  const faults = async (directory?: string | null) => {
    const { faults, checkpointFaults } = await verdict(directory);
    return [...faults, ...checkpointFaults];
  };
  const change = async (statement: string, ...values: unknown[]) =>
    await db.asOwner(statement, [account, ...values]);
  const prune = async (before: Date) =>
    await db.database.transaction(
      'platform',
      async (tx) => await pruneAudit(tx, await db.keyring.signingKey(), { account, before }),
    );

  /** Links the account’s chain anew from an entry on, as a superuser of the database could. */
  async function rewrite(from: number, body: (old: string) => string): Promise<void> {
    const { rows } = await change(
      'select seq, at, body, hash from audit_entry where account_id = $1 order by seq',
    );
    let previous: Buffer = beginning;
    for (const row of rows as { seq: number; at: Date; body: string; hash: Buffer }[]) {
      if (row.seq >= from) {
        const link = { account, seq: row.seq, at: row.at, previous, body: body(row.body) };
        const hash = linkHash(link);
        await change(
          'update audit_entry set body = $3, previous = $4, hash = $5 where account_id = $1 and seq = $2',
          row.seq,
          link.body,
          previous,
          hash,
        );
        previous = hash;
      } else previous = row.hash;
    }
  }
  /** Puts the sealed end to an entry, with the key: as an older copy of the row would have it. */
  async function putHead(seq: number): Promise<void> {
    const { rows } = await change('select hash from audit_entry where account_id = $1 and seq = $2', seq);
    const { hash } = rows[0] as { hash: Buffer };
    await change(
      'update audit_head set seq = $2, hash = $3, mac = $4 where account_id = $1',
      seq,
      hash,
      headMac(key, account, seq, hash),
    );
  }

  it('agree with the chains that they were made of, and with what came after', async () => {
    await record(5);
    await checkpoint();
    await record(1);
    await seal();
    const { checkpoints, chains, ...rest } = await verdict();
    assert.deepEqual([rest.faults, rest.checkpointFaults, checkpoints], [[], [], 2]);
    assert.deepEqual(
      chains.find((chain) => chain.account === account),
      { account, entries: 16, checkpoints: 2, fault: null },
    );
  });

  it('attack 76: show that the end was cut off and an older, valid end put back', async () => {
    await change('delete from audit_entry where account_id = $1 and seq > 7');
    await putHead(7);
    assert.deepEqual(await faults(null), [{ account, seq: 8, fault: 'cut' }]);
    // Also when what the database itself knew of it is gone.
    await db.asOwner('truncate audit_checkpoint, audit_checkpoint_leaf');
    assert.deepEqual(await faults(null), []);
    assert.deepEqual(await faults(), [{ account, seq: 8, fault: 'cut' }]);
  });

  it('attack 76: show that the whole chain was written anew, end and all', async () => {
    await rewrite(1, (body) => body.replace('tests.happened', 'tests.harmless'));
    await putHead(10);
    assert.deepEqual(await faults(), [{ account, seq: 1, fault: 'rewritten' }]);
  });

  it('show from where on it may have been written anew: after the last entry that one of them knows', async () => {
    await record(10);
    await checkpoint();
    await rewrite(14, (body) => body.replace('tests.happened', 'tests.harmless'));
    await putHead(20);
    assert.deepEqual(await faults(), [{ account, seq: 11, fault: 'rewritten' }]);
  });

  it('show that a chain is gone, account and all', async () => {
    await db.asOwner('truncate account cascade');
    await change('delete from audit_entry where account_id = $1');
    await change('delete from audit_head where account_id = $1');
    assert.deepEqual(await faults(), [{ account, seq: 1, fault: 'missing' }]);
  });

  it('are themselves refused when they were changed, forged or left out', async () => {
    await change('update audit_checkpoint_leaf set hash = $2 where account_id = $1', randomBytes(32));
    assert.deepEqual(await faults(null), [{ number: 1, fault: 'checkpoint-forged' }]);
    await db.asOwner('update audit_checkpoint set signature = $1', [
      sign(null, randomBytes(32), generateKeyPairSync('ed25519').privateKey),
    ]);
    assert.deepEqual(await faults(null), [{ number: 1, fault: 'checkpoint-forged' }]);
    await db.asOwner('truncate audit_checkpoint, audit_checkpoint_leaf');
    assert.deepEqual(await faults(), []);
    const [month = ''] = await readdir(db.checkpointDirectory);
    const file = join(db.checkpointDirectory, month);
    const whole = await readFile(file, 'utf8');
    await writeFile(file, whole.replace(/"seq":\d+/, '"seq":99'));
    assert.deepEqual(await faults(), [{ number: 1, fault: 'checkpoint-forged' }]);
    await writeFile(file, whole);
    await appendFile(file, '\n{"number":2,');
    assert.deepEqual(await faults(), [{ number: 0, fault: 'checkpoint-unreadable' }]);
  });

  it('show that one between them is missing', async () => {
    for (const _ of [1, 2]) {
      await record(1);
      await record(1, other);
      await checkpoint();
    }
    await db.asOwner('delete from audit_checkpoint_leaf where checkpoint = 2');
    await db.asOwner('delete from audit_checkpoint where number = 2');
    assert.deepEqual(await faults(null), [{ number: 2, fault: 'checkpoint-missing' }]);
    assert.deepEqual(await faults(), []);
  });

  it('are made once an hour, and copied to a second place that only grows', async () => {
    assert.equal(await keep('hourly'), 1);
    await db.asOwner("update audit_checkpoint set at = at - interval '61 minutes'");
    assert.equal(await keep('hourly'), 2);
    await db.asOwner("update audit_checkpoint set at = at + interval '61 minutes' where number = 1");
    const names = await readdir(db.checkpointDirectory);
    const file = join(db.checkpointDirectory, names.at(-1) ?? '');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const before = await readFile(file, 'utf8');
    await record(1);
    await checkpoint();
    assert.ok((await readFile(file, 'utf8')).startsWith(before));
    // A second node begins with an empty directory, and gets all of them.
    await rm(db.checkpointDirectory, { recursive: true });
    assert.equal(await keep('hourly'), 3);
    await db.asOwner('truncate audit_checkpoint, audit_checkpoint_leaf');
    assert.equal((await verdict()).checkpoints, 3);
  });

  it('are not made of a database that has lost some, nor of a chain that ends before its signed end', async () => {
    await db.asOwner('truncate audit_checkpoint, audit_checkpoint_leaf');
    logged.lines.length = 0;
    assert.equal(await keep('now'), 1);
    assert.match(logged.lines.join(''), /audit-checkpoints-lost/);
    assert.equal((await db.asOwner('select from audit_checkpoint')).rowCount, 0);
  });

  it('leave out a chain that ends before its signed end, and say so', async () => {
    await change('delete from audit_entry where account_id = $1 and seq > 7');
    await putHead(7);
    logged.lines.length = 0;
    await keep('now');
    assert.match(logged.lines.join(''), new RegExp(`audit-head-unfit.*${account}`));
    assert.deepEqual(await faults(), [{ account, seq: 8, fault: 'cut' }]);
  });

  it('let the oldest entries go up to one of them, and no further, and the rest still verifies', async () => {
    await record(5);
    await seal();
    const all = new Date(Date.now() + 60_000);
    assert.deepEqual(await prune(new Date(0)), { removed: 0, more: false });
    assert.deepEqual(await prune(all), { removed: 10, more: false });
    const { rows } = await change('select min(seq)::int as first from audit_entry where account_id = $1');
    assert.deepEqual(rows, [{ first: 11 }]);
    assert.deepEqual(await faults(), []);
    await record(1);
    await checkpoint();
    assert.deepEqual(await faults(), []);
    await change("update audit_entry set at = at - interval '90 days' where account_id = $1 and seq < 14");
    assert.deepEqual(await prune(new Date(Date.now() - 86_400_000)), { removed: 0, more: false });
    // All of it can go, as when an account ends: what is left says that it was on purpose.
    assert.deepEqual(await prune(all), { removed: 6, more: false });
    await db.asOwner('truncate account cascade');
    assert.deepEqual(await faults(), []);
  });

  it('are needed for removing anything: a base without one, or without the key, is refused or found', async () => {
    const insert = async (seq: number, hash: Buffer) =>
      await db.database.transaction(
        'platform',
        async (tx) =>
          await tx.sql
            .insertInto('audit_base')
            .values({ account_id: account, seq, hash, at: new Date(), signature: randomBytes(64) })
            .execute(),
      );
    await assert.rejects(insert(5, randomBytes(32)), /row-level security/);
    const { rows } = await change('select hash from audit_entry where account_id = $1 and seq = 10');
    await insert(10, (rows[0] as { hash: Buffer }).hash);
    assert.deepEqual(await faults(), [{ account, seq: 10, fault: 'base-forged' }]);
    const at = new Date();
    const forged = randomBytes(32);
    const signing = await db.keyring.signingKey();
    await change(
      'update audit_base set hash = $2, at = $3, signature = $4 where account_id = $1',
      forged,
      at,
      signing.sign(baseBytes({ account: other, seq: 10, hash: forged, at })),
    );
    assert.deepEqual(await faults(), [{ account, seq: 10, fault: 'base-forged' }]);
    await change('delete from audit_base where account_id = $1');
    await change('delete from audit_entry where account_id = $1 and seq <= 10');
    assert.deepEqual(await faults(), [{ account, seq: 1, fault: 'cut' }]);
  });
});
