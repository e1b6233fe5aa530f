import { sql } from 'kysely';
import type { Tx } from './database.ts';

/**
 * Does `work` as a part of a transaction that can go on without it: when it throws, what it has written and what it would have
 * done after the commit are taken back, and its error is passed on.
 */
export async function attempt<Result>(tx: Tx, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  const effects: (() => void)[] = [];
  await sql`savepoint attempt`.execute(tx.sql);
  let result: Result;
  try {
    result = await work({ ...tx, afterCommit: (effect) => void effects.push(effect) });
  } catch (error) {
    await sql`rollback to savepoint attempt`.execute(tx.sql);
    throw error;
  }
  await sql`release savepoint attempt`.execute(tx.sql);
  for (const effect of effects) tx.afterCommit(effect);
  return result;
}
