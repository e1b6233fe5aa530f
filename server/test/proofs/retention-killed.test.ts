import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeAccount } from '../callers.ts';
import { createTestDatabase } from '../database.ts';
import { seeded } from '../random.ts';
import { makeResolvedConversations } from '../resolved-conversations.ts';
import { caseHashOf, digestOf } from '../../src/features/retention/case-hash.ts';

const kills = 20;
const worker = fileURLToPath(new URL('../retention-worker.ts', import.meta.url));

it(
  'nothing survives its time, nothing under hold is gone, and the log counts right, after retention was killed 20 times',
  { timeout: 240_000 },
  async (t) => {
    const random = seeded(t);
    const db = await createTestDatabase();
    t.after(async () => await db.close());
    const account = await makeAccount(db, { origin: 'https://example.org' });
    // Some are days past their time, some have days left.
    const daysAgo = Array.from(
      { length: 8_000 },
      () => (random.below(8) === 0 ? 13 : 15) + random.next() / 2,
    );
    const made = await makeResolvedConversations(db, account, { daysAgo });
    const due = made.filter((_, index) => (daysAgo[index] ?? 0) > 14);
    const held = new Set(due.filter(() => random.below(20) === 0).map(({ id }) => id));
    await db.asOwner(
      `insert into legal_hold (account_id, conversation_id, reason, placed_by)
       select $1, id, 'a court', $2 from unnest($3::uuid[]) as id`,
      [account.id, randomUUID(), [...held]],
    );
    const remaining = async () =>
      new Set((await db.asOwner<{ id: string }>('select id from conversation')).rows.map((row) => row.id));
    const count = async () =>
      (await db.asOwner<{ count: number }>('select count(*)::int as count from conversation')).rows[0]
        ?.count ?? 0;
    const logged = async () => {
      const { rows } = await db.asOwner<{ count: number; cases: number }>(
        `select coalesce(sum(count), 0)::int as count, (select count(*)::int from deleted_case) as cases
         from deletion where data_class = 'transcript'`,
      );
      return rows[0];
    };

    let killedAtWork = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const child = spawn(process.execPath, [worker, db.url, db.keyringDirectory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      await once(child.stdout, 'data');
      const before = await count();
      while (child.exitCode === null && (await count()) === before) await sleep(2);
      await sleep(random.below(80));
      child.kill('SIGKILL');
      const [, signal] = (await ended) as [number | null, string | null];
      // The database takes a moment to notice that nobody is there any more.
      await sleep(50);
      const left = await remaining();
      if (signal === 'SIGKILL' && left.size < before) killedAtWork += 1;
      const gone = made.length - left.size;
      assert.deepEqual(await logged(), { count: gone, cases: gone }, `after kill ${kill + 1}`);
    }
    assert.ok(killedAtWork >= 10, `only ${killedAtWork} of the kills came while it was deleting`);

    const last = spawn(process.execPath, [worker, db.url, db.keyringDirectory], { stdio: 'inherit' });
    assert.deepEqual(await once(last, 'exit'), [0, null]);
    const left = await remaining();
    const expected = made.filter(({ id }) => held.has(id) || !due.some((each) => each.id === id));
    assert.deepEqual([...left].toSorted(), expected.map(({ id }) => id).toSorted());
    const gone = due.filter(({ id }) => !held.has(id));
    assert.deepEqual(await logged(), { count: gone.length, cases: gone.length });
    // Case by case, and as the audit trail has it.
    const hash = await caseHashOf(db.keyring, account.id);
    const { rows } = await db.asOwner<{ id: string; digest: Buffer; hashes: Buffer[] }>(
      `select deletion.id, digest, array_agg(case_hash) as hashes
       from deletion join deleted_case on deletion_id = deletion.id group by deletion.account_id, deletion.id`,
    );
    assert.deepEqual(
      rows.flatMap((row) => row.hashes.map((each) => each.toString('hex'))).toSorted(),
      gone.map(({ caseId }) => hash(caseId).toString('hex')).toSorted(),
    );
    const { rows: audited } = await db.asOwner<{ id: string; digest: string }>(
      `select body::jsonb #>> '{subject,id}' as id, body::jsonb #>> '{details,digest}' as digest
       from audit_outbox where body::jsonb ->> 'action' = 'retention.deleted'`,
    );
    const digests = new Map(audited.map((row) => [row.id, row.digest]));
    for (const row of rows) {
      assert.ok(row.digest.equals(digestOf(row.hashes)));
      assert.equal(digests.get(row.id), row.digest.toString('hex'));
    }
    assert.equal(digests.size, rows.length);
    for (const table of ['entry', 'stream', 'conversation_key']) {
      const { rowCount } = await db.asOwner(
        `select from ${table} where not exists (select from conversation where conversation.id = conversation_id)`,
      );
      assert.equal(rowCount, 0, table);
    }
  },
);
