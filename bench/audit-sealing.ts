import { Client } from 'pg';
import { recordAudit, sealOutbox } from '../server/src/platform/audit/index.ts';
import { startDurableDatabase, type DurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import { seedAccount } from './seed.ts';

const entries = 20_000;
/** As many as the sealer takes at once. */
const batch = 2_000;

/** Sealing the audit trail (hashes, chain, columns to search by) against inserting the same rows and nothing else. */
export const auditSealing: Benchmark = { name: 'audit-sealing', run: measureSealing };

async function measureSealing({ rounds }: BenchmarkOptions): Promise<Finding[]> {
  const database = await startDurableDatabase();
  const bare = new Client({ connectionString: database.bareUrl });
  await bare.connect();
  try {
    const account = await seedAccount(database.platform, new URL('http://127.0.0.1'));
    await bare.query(
      'create table entry (account_id uuid, seq bigint, at timestamptz, body text, primary key (account_id, seq))',
    );
    const sealing: number[] = [];
    const inserting: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const turns = [
        async () => sealing.push(await seal(database, account.id)),
        async () => inserting.push(await insert(bare, account.id, round)),
      ];
      // In turn, and every other time backwards: whatever else the machine does meets both of them.
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
    }
    const ratio = spreadOf(sealing.map((value, index) => value / (inserting[index] ?? Number.NaN)));
    return [
      {
        what: 'audit entries sealed per second, in batches of 2,000',
        measured: `${shown(ratio, 2)} of bare inserts`,
        target: null,
        met: null,
        from: `${shown(spreadOf(sealing), 0)} against ${shown(spreadOf(inserting), 0)} per second`,
      },
    ];
  } finally {
    await bare.end();
    await database.close();
  }
}

/** Entries sealed per second. */
async function seal({ platform }: DurableDatabase, account: string): Promise<number> {
  const key = platform.keyring.purposeKey('audit');
  const sealSome = async () =>
    await platform.database.transaction('platform', async (tx) => await sealOutbox(tx, key));
  while ((await sealSome()) > 0);
  for (let written = 0; written < entries; written += batch)
    await platform.database.transaction(account, async (tx) => {
      await recordAudit(tx, account, ...Array.from({ length: batch }, (_, index) => event(written + index)));
    });
  const began = performance.now();
  while ((await sealSome()) > 0);
  return (entries / (performance.now() - began)) * 1000;
}

/** Rows inserted per second, by the same kind of statement, one commit for each batch. */
async function insert(bare: Client, account: string, round: number): Promise<number> {
  const began = performance.now();
  for (let written = 0; written < entries; written += batch) {
    const seqs = Array.from({ length: batch }, (_, index) => round * entries + written + index);
    await bare.query(
      'insert into entry select $1, seq, now(), body from unnest($2::bigint[], $3::text[]) as row (seq, body)',
      [account, seqs, seqs.map((seq) => JSON.stringify(event(seq)))],
    );
  }
  return (entries / (performance.now() - began)) * 1000;
}

function event(number: number) {
  return {
    action: 'conversations.message-written',
    actor: { kind: 'user', id: '6f1c1f2e-4f0e-4f7e-9a5e-0d1f4a1b2c3d' },
    subject: { kind: 'conversation', id: '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d' },
    details: { seq: number },
  } as const;
}
