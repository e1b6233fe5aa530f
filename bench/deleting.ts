import { randomUUID } from 'node:crypto';
import { advanceErasure } from '../server/src/features/retention/advance-erasures.ts';
import { caseHashOf } from '../server/src/features/retention/case-hash.ts';
import { runRetention } from '../server/src/features/retention/run-retention.ts';
import { rotateMarkedBuckets } from '../server/src/features/keys/rotate-marked-buckets.ts';
import { Fanout } from '../server/src/platform/fanout/index.ts';
import { ConversationKeys } from '../server/src/platform/keys/index.ts';
import { testAccount } from '../server/test/accounts.ts';
import type { TestDatabase } from '../server/test/database.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import { seedResolved } from './seed-resolved.ts';

/** As many as the platform takes in one transaction. */
const together = 500;

/** Erasing 100,000 cases on request (G8), against deleting the same rows and nothing else. */
export const erasure: Benchmark = {
  name: 'erasure',
  run: async (options) =>
    await measure(options, {
      what: 'cases erased on request per second, with holds, deletion log, keys destroyed and buckets rotated',
      conversations: 100_000,
      entriesEach: 4,
      counted: 'cases',
      work: eraseOnRequest,
    }),
};

/** Retention of 1,000,000 entries (G7), against deleting the same rows and nothing else. */
export const retention: Benchmark = {
  name: 'retention',
  run: async (options) =>
    await measure(options, {
      what: 'entries deleted by retention per second',
      conversations: 25_000,
      entriesEach: 40,
      counted: 'entries',
      work: deleteAfterTime,
    }),
};

interface Subject {
  readonly what: string;
  readonly conversations: number;
  readonly entriesEach: number;
  readonly counted: 'cases' | 'entries';
  /** Makes ready, and answers with what is timed. */
  work(db: TestDatabase, account: string, ids: readonly string[]): Promise<() => Promise<void>>;
}

async function measure({ rounds }: BenchmarkOptions, subject: Subject): Promise<Finding[]> {
  const database = await startDurableDatabase();
  try {
    const db = database.platform;
    const [ours, plain] = [await testAccount(db), await testAccount(db)];
    const oursIds = await seedResolved(db, ours, subject);
    const plainIds = await seedResolved(db, plain, subject);
    const portion = Math.ceil(subject.conversations / rounds);
    const each = subject.counted === 'cases' ? 1 : subject.entriesEach;
    const rates = { ours: [] as number[], plain: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const of = (ids: readonly string[]) => ids.slice(round * portion, (round + 1) * portion);
      const work = await subject.work(db, ours, of(oursIds));
      const turns = [
        async () => rates.ours.push((of(oursIds).length * each) / (await seconds(work))),
        async () =>
          rates.plain.push(
            (of(plainIds).length * each) /
              (await seconds(async () => await deletePlainly(db, plain, of(plainIds)))),
          ),
      ];
      // In turn, and every other time backwards: whatever else the machine does meets both of them.
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
      console.log(`  ${rates.ours.at(-1)?.toFixed(0)} against ${rates.plain.at(-1)?.toFixed(0)} per second`);
      await demandGone(db, ours, of(oursIds));
    }
    const ratio = spreadOf(rates.ours.map((rate, index) => rate / (rates.plain[index] ?? Number.NaN)));
    return [
      {
        what: subject.what,
        measured: `${shown(ratio, 2)} of plain deleting`,
        target: null,
        met: null,
        from: `${subject.conversations} cases with ${subject.entriesEach} entries each: ${shown(spreadOf(rates.ours), 0)} against ${shown(spreadOf(rates.plain), 0)} ${subject.counted} per second`,
      },
    ];
  } finally {
    await database.close();
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

function partsOf({ database, keyring }: TestDatabase) {
  return { database, keyring, keys: new ConversationKeys(keyring), fanout: new Fanout() };
}

/** One request that names them all, taken to the point where no copy of the database can be read. */
async function eraseOnRequest(db: TestDatabase, account: string, ids: readonly string[]) {
  const id = randomUUID();
  const hash = await caseHashOf(db.keyring, account);
  await db.asOwner(
    `insert into erasure (account_id, id, state, wanted, reference, requested_by)
     values ($1, $2, 'requested', 'case', 'measured', $3)`,
    [account, id, randomUUID()],
  );
  // The case id of a seeded conversation is its id.
  await db.asOwner(
    `insert into erasure_case (account_id, erasure_id, conversation_id, case_hash)
     select $1, $2, * from unnest($3::uuid[], $4::bytea[])`,
    [account, id, ids, ids.map((each) => hash(each))],
  );
  const parts = partsOf(db);
  return async () => {
    await advanceErasure(parts, account, id);
    await rotateMarkedBuckets(db.database, parts.keys);
    await advanceErasure(parts, account, id);
    const { rows } = await db.asOwner<{ state: string }>('select state from erasure where id = $1', [id]);
    if (rows[0]?.state !== 'bucket-rotated') throw new Error(`The erasure is ${rows[0]?.state}`);
  };
}

/** They are past their time, and a run of retention comes. */
async function deleteAfterTime(db: TestDatabase, account: string, ids: readonly string[]) {
  await db.asOwner(
    "update conversation set resolved_at = now() - interval '30 days' where account_id = $1 and id = any($2::uuid[])",
    [account, ids],
  );
  await db.asOwner('vacuum analyze conversation');
  const parts = partsOf(db);
  return async () => void (await runRetention(parts));
}

/** The same rows in transactions of the same size: no holds, no log, no keys, no foreign keys. */
async function deletePlainly(db: TestDatabase, account: string, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += together) {
    const some = ids.slice(from, from + together);
    await db.asOwner('begin');
    await db.asOwner('set local session_replication_role = replica');
    for (const [table, column] of [
      ['entry', 'conversation_id'],
      ['stream', 'conversation_id'],
      ['conversation_key', 'conversation_id'],
      ['conversation', 'id'],
    ])
      await db.asOwner(`delete from ${table} where account_id = $1 and ${column} = any($2::uuid[])`, [
        account,
        some,
      ]);
    await db.asOwner('commit');
  }
}

async function demandGone(db: TestDatabase, account: string, ids: readonly string[]): Promise<void> {
  const { rowCount } = await db.asOwner(
    'select from entry where account_id = $1 and conversation_id = any($2::uuid[]) limit 1',
    [account, ids],
  );
  if (rowCount !== 0) throw new Error('Not everything was deleted');
}

if (import.meta.main) await runFromCommandLine([erasure, retention]);
