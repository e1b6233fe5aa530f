import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { SFTPWrapper } from 'ssh2';
import type { Database } from '../../../platform/database/index.ts';
import { Budget } from './budget.ts';
import { Files } from './files.ts';
import { Journal } from './journal.ts';
import { sftpLimits } from './limits.ts';
import { OpenFile } from './open-file.ts';
import { Pace } from './pace.ts';
import { SftpSession } from './session.ts';

const login = { sessionId: 'session', accountId: 'account', exportAccountId: 'export', keyId: 'key' };
const file = {
  id: 'file',
  folder: 'Metrics',
  name: 'a.csv',
  sizeBytes: 9 * 1_048_576,
  publishedAt: new Date(0),
};
const mebibyte = 1_048_576;

/** A database whose transactions fail while it is away, and of which it is known how many were tried. */
function failingDatabase() {
  const state = { isAway: true, tries: 0, written: 0 };
  const database = {
    transaction: async () => {
      state.tries += 1;
      if (state.isAway) throw new Error('It is away');
      state.written += 1;
    },
  };
  return { state, database: database as unknown as Database };
}

it('attack 64: keeps no more of open files than a connection may, and nothing once they are closed', async () => {
  const files = Object.assign(new Files(failingDatabase().database), {
    part: async (_account: string, _file: unknown, { length }: { length: number }) => Buffer.alloc(length),
  });
  const budget = new Budget({ inAll: 5 * mebibyte, ofOwner: 3 * mebibyte });
  const open = (owner: string) => new OpenFile({ files, budget, accountId: 'account', owner }, file);
  const ours = Array.from({ length: 8 }, () => open('one'));
  for (const each of ours) assert.equal((await each.read(0, 100))?.length, 100);
  assert.ok(budget.bytes > 0 && budget.bytes <= 3 * mebibyte, String(budget.bytes));
  const theirs = Array.from({ length: 8 }, () => open('other'));
  for (const each of theirs) assert.equal((await each.read(2 * mebibyte, 100))?.length, 100);
  assert.ok(budget.bytes > 3 * mebibyte && budget.bytes <= 5 * mebibyte, String(budget.bytes));
  // Whose part was pushed out reads it again.
  assert.equal((await ours[0]?.read(0, 100))?.length, 100);
  for (const each of [...ours, ...theirs]) each.end();
  assert.equal(budget.bytes, 0);
});

it('attack 64: keeps nothing of the packets of requests that wait, however large they were', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const sftp = Object.assign(new EventEmitter(), { status: () => undefined });
  const session = new SftpSession(sftp as unknown as SFTPWrapper, {
    files: new Files(failingDatabase().database),
    journal: new Journal(failingDatabase().database, sftpLimits, () => undefined),
    limits: sftpLimits,
    login,
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
  for (let id = 0; id < 400; id += 1) {
    const packet = Buffer.alloc(250_000, 97 + (id % 26));
    sftp.emit('OPEN', id, packet.toString('latin1'), 1, {});
    sftp.emit('READ', id, packet.subarray(0, 8), 0, 32_768);
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
  const { state, database } = failingDatabase();
  let failures = 0;
  const limits = { unwrittenEntries: 3, unwrittenMs: 60_000 };
  const journal = new Journal(database, limits, () => (failures += 1));
  const ended = { reason: 'closed', files: 0, bytes: 0, seconds: 1 };
  for (let count = 0; count < 3; count += 1) journal.ended(login, ended);
  assert.equal(journal.isBehind, false);
  journal.opened(login, file);
  journal.ended(login, ended);
  assert.equal(journal.isBehind, true);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(failures, 1);
  state.isAway = false;
  await journal.stop();
  assert.deepEqual([journal.isBehind, state.written], [false, 1]);

  const late = new Journal(
    failingDatabase().database,
    { unwrittenEntries: 3, unwrittenMs: -1 },
    () => undefined,
  );
  late.ended(login, ended);
  assert.equal(late.isBehind, true);
});
