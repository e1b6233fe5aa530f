import assert from 'node:assert/strict';
import type { RawBuilder } from 'kysely';
import type { TestDatabase } from './database.ts';
import { eventually } from './socket.ts';

/**
 * Has others wait behind somebody who has what `lock` locks, one after the other, and lets them go. Two that take their
 * locks in different orders are a deadlock then, and this fails. Answers with what each came to.
 */
export async function meet(
  db: TestDatabase,
  account: string,
  { lock, others }: { lock: RawBuilder<unknown>; others: readonly (() => Promise<unknown>)[] },
): Promise<unknown[]> {
  const gate = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holder = db.database.transaction(account, async (tx) => {
    await lock.execute(tx.sql);
    held.resolve();
    await gate.promise;
  });
  await Promise.race([held.promise, holder]);
  const outcomes: Promise<unknown>[] = [];
  try {
    for (const [index, other] of others.entries()) {
      outcomes.push(other().catch((error: unknown) => error));
      await waiting(db, index + 1);
    }
  } finally {
    gate.resolve();
    await holder;
  }
  const ends = await Promise.all(outcomes);
  for (const end of ends) assert.ok(!(end instanceof Error), String(end));
  return ends;
}

async function waiting(db: TestDatabase, count: number): Promise<void> {
  await eventually(async () => {
    const { rows } = await db.asOwner<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]?.count === count;
  }, `${count} wait for a lock`);
}
