import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import type { SFTPWrapper } from 'ssh2';
import { testAccount } from '../../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import { publishTestFile } from '../../../../test/export-accounts.ts';
import { Database } from '../../../platform/database/index.ts';
import { Budget } from './budget.ts';
import { Files, type PublishedFile } from './files.ts';
import { Journal } from './journal.ts';
import { sftpLimits } from './limits.ts';
import { OpenFile } from './open-file.ts';
import { Pace } from './pace.ts';
import { SftpSession } from './session.ts';

const mebibyte = 1_048_576;

describe('what one session of SFTP may keep', { timeout: 60_000 }, () => {
  const content = randomBytes(9 * mebibyte + 17);
  let db: TestDatabase;
  let own: Database;
  let accountId: string;
  let files: Files;
  let file: PublishedFile;
  const loginOf = () => {
    const [sessionId, exportAccountId, keyId] = [randomUUID(), randomUUID(), randomUUID()];
    return { sessionId, accountId, exportAccountId, keyId };
  };

  before(async () => {
    db = await createTestDatabase();
    own = new Database({ connectionString: db.url, role: 'samtal_sftp', onError: () => undefined });
    accountId = await testAccount(db);
    await publishTestFile(db, { accountId, path: 'Metrics/2026/11/26/a.csv', content });
    files = new Files(own);
    file = (await files.file(accountId, { folder: 'Metrics/2026/11/26', name: 'a.csv' })) ?? assert.fail();
  });
  after(async () => {
    await own.close();
    await db.close();
  });

  it('attack 64: keeps no more of open files than a connection may, and nothing once they are closed', async () => {
    const budget = new Budget({ inAll: 5 * mebibyte, ofOwner: 3 * mebibyte });
    const open = (owner: string) => new OpenFile({ files, budget, accountId, owner }, file);
    const givesAt = async (opened: OpenFile | undefined, offset: number) =>
      assert.deepEqual(await opened?.read(offset, 100), content.subarray(offset, offset + 100));
    const ours = Array.from({ length: 8 }, () => open('one'));
    for (const each of ours) await givesAt(each, 0);
    assert.ok(budget.bytes > 0 && budget.bytes <= 3 * mebibyte, String(budget.bytes));
    const theirs = Array.from({ length: 8 }, () => open('other'));
    for (const each of theirs) await givesAt(each, 2 * mebibyte);
    assert.ok(budget.bytes > 3 * mebibyte && budget.bytes <= 5 * mebibyte, String(budget.bytes));
    // Whose part was pushed out reads it again.
    await givesAt(ours[0], 0);
    for (const each of [...ours, ...theirs]) each.end();
    assert.equal(budget.bytes, 0);
  });

  it('sets aside as many bytes for a part as are counted for it', async () => {
    const small = randomBytes(100_000);
    await publishTestFile(db, { accountId, path: 'Metrics/2026/11/27/b.csv', content: small });
    const found = await files.file(accountId, { folder: 'Metrics/2026/11/27', name: 'b.csv' });
    const budget = new Budget({ inAll: mebibyte, ofOwner: mebibyte });
    const opened = new OpenFile(
      { files, budget, accountId, owner: 'one' },
      found ?? assert.fail('It was published'),
    );
    const read = await opened.read(0, mebibyte);
    assert.deepEqual(read, small);
    assert.deepEqual([read?.buffer.byteLength, budget.bytes], [small.length, small.length]);
    opened.end();
  });

  it('keeps nothing of a file that was closed while a read across two parts waited', async () => {
    const whole = new Budget({ inAll: 2 * mebibyte, ofOwner: 2 * mebibyte });
    const others = { owner: 'other', bytes: mebibyte, drop: () => undefined };
    whole.add(others);
    const opened = new OpenFile({ files, budget: whole, accountId, owner: 'one' }, file);
    // The second part is not read ahead: there is no room for it.
    const read = opened.read(mebibyte - 50, 100);
    assert.equal(whole.bytes, 2 * mebibyte);
    opened.end();
    assert.equal(await read, null);
    whole.remove(others);
    assert.deepEqual([whole.bytes, opened.sentBytes], [0, 0]);
  });

  it('gives as much as was asked for wherever it begins, and less at the end alone', async () => {
    const opened = new OpenFile(
      {
        files,
        budget: new Budget({ inAll: 16 * mebibyte, ofOwner: 16 * mebibyte }),
        accountId,
        owner: 'one',
      },
      file,
    );
    for (const [offset, length] of [
      [0, 131_072],
      [mebibyte - 1, 100_000],
      [mebibyte - 131_071, 131_072],
      [9 * mebibyte - 5, 22],
    ] as const)
      assert.deepEqual(await opened.read(offset, length), content.subarray(offset, offset + length));
    assert.deepEqual(await opened.read(9 * mebibyte - 5, 131_072), content.subarray(9 * mebibyte - 5));
    assert.equal(await opened.read(content.length, 1), null);
    opened.end();
    await db.asOwner('delete from statistics_file where id = $1', [file.id]);
    await assert.rejects(opened.read(0, 1), /has gone/);
  });

  it('attack 64: keeps nothing of the packets of requests that wait, however large they were', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const sftp = Object.assign(new EventEmitter(), { status: () => undefined, _protocol: {} });
    const session = new SftpSession(sftp as unknown as SFTPWrapper, {
      files,
      journal: new Journal(own, sftpLimits, () => undefined),
      limits: sftpLimits,
      login: loginOf(),
      budget: new Budget({ inAll: 0, ofOwner: 0 }),
      pace: new Pace(1, 0),
      hasRoom: () => false,
      requested: () => undefined,
      abused: (reason) => assert.fail(reason),
      failed: () => assert.fail('It failed'),
    });
    const kept = () => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const before = kept();
    for (let id = 0; id < 300; id += 1) {
      const packet = Buffer.alloc(250_000, 97 + (id % 26));
      sftp.emit('OPEN', id, packet.toString('latin1'), 1, {});
      sftp.emit('READ', id, packet.subarray(0, 8), 0, 32_768);
      sftp.emit('EXTENDED', id, packet.toString('latin1'));
    }
    assert.ok(kept() - before < 20 * mebibyte, `${(kept() - before) / mebibyte} MiB`);
    session.end();
  });

  it('opens so many files in a minute at once, and then one after the other', () => {
    const pace = new Pace(60, 0);
    for (let count = 0; count < 60; count += 1) assert.equal(pace.take(0), 0);
    assert.ok(Math.abs(pace.take(0) - 1_000) < 1);
    assert.ok(Math.abs(pace.take(0) - 2_000) < 1);
    assert.equal(pace.take(10_000), 0);
  });

  it('keeps what could not be written on the audit trail, tries again, and says when it is too much', async () => {
    const login = loginOf();
    const failures: unknown[] = [];
    const limits = { unwrittenEntries: 3, unwrittenMs: 60_000 };
    const journal = new Journal(own, limits, (error) => failures.push(error));
    const ended = { reason: 'closed', files: 0, bytes: 0, seconds: 1 };
    await db.asOwner('revoke insert on audit_outbox from samtal_sftp');
    for (let count = 0; count < 3; count += 1) journal.ended(login, ended);
    assert.equal(journal.isBehind, false);
    journal.opened(login, file);
    journal.ended(login, ended);
    assert.equal(journal.isBehind, true);
    for (const until = Date.now() + 10_000; failures.length === 0 && Date.now() < until;) await sleep(20);
    assert.match(String(failures[0]), /permission denied for table audit_outbox/);
    await db.asOwner('grant insert (account_id, body) on audit_outbox to samtal_sftp');
    await journal.stop();
    const { rows } = await db.asOwner<{ action: string }>(
      `select body::jsonb ->> 'action' as action from audit_outbox where body::jsonb -> 'subject' ->> 'id' = $1 order by id`,
      [login.exportAccountId],
    );
    const [last, end] = ['statistics-export.files-opened', 'statistics-export.session-ended'];
    assert.deepEqual(
      rows.map(({ action }) => action),
      [end, end, end, last, end],
    );
    assert.equal(journal.isBehind, false);

    await db.asOwner('revoke insert on audit_outbox from samtal_sftp');
    const late = new Journal(own, { unwrittenEntries: 3, unwrittenMs: -1 }, () => undefined);
    late.ended(login, ended);
    assert.equal(late.isBehind, true);
    await db.asOwner('grant insert (account_id, body) on audit_outbox to samtal_sftp');
    await late.stop();
  });
});
