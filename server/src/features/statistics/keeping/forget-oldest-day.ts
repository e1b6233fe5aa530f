import type { ReadTx, Tx } from '../../../platform/database/index.ts';
import { takeTurn } from '../counting/take-turn.ts';
import { countStatistics, forgetStatistics, isCountedUntil, readOldestDay } from './queries.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** How statistics stand against a number of days: whole UTC days, which go together. */
export interface StatisticsDue {
  readonly kept: number;
  readonly due: number;
  /** When the first day that is due became so, and when the first that is not will. */
  readonly oldestDueAt: Date | null;
  readonly nextDueAt: Date | null;
}

export async function readStatisticsDue(
  tx: ReadTx,
  account: string,
  { days, now }: { days: number; now: Date },
): Promise<StatisticsDue> {
  const oldest = (await readOldestDay(tx, account))?.getTime();
  if (oldest === undefined) return { kept: 0, due: 0, oldestDueAt: null, nextDueAt: null };
  const first = firstKeptDay(now, days);
  const dueAt = (day: number) => new Date(day + (days + 1) * dayMs);
  return {
    kept: Math.floor((now.getTime() - oldest) / dayMs) + 1,
    due: Math.max(0, (first - oldest) / dayMs),
    oldestDueAt: oldest < first ? dueAt(oldest) : null,
    nextDueAt: dueAt(Math.max(oldest, first)),
  };
}

/**
 * Removes the oldest UTC day of an account’s statistics that ended more than so many days ago: facts, figures, files, and whatever is
 * older. `deleting` writes into the deletion log how many there are, and answers with its entry. Answers whether something went; not while
 * hours of that day wait to be counted, and not while somebody else counts.
 */
export async function forgetOldestDay(
  tx: Tx,
  account: string,
  { days, deleting }: { days: number; deleting: (count: number) => Promise<string> },
): Promise<boolean> {
  const { ours, now } = await takeTurn(tx, account);
  if (!ours) return false;
  const day = await readOldestDay(tx, account);
  if (day === null || day.getTime() >= firstKeptDay(now, days)) return false;
  const end = new Date(day.getTime() + dayMs);
  if (!(await isCountedUntil(tx, account, end))) return false;
  await forgetStatistics(tx, day, await deleting(await countStatistics(tx, account, end)));
  return true;
}

/** The beginning of the first UTC day that is kept: so many whole days are there at any time. */
function firstKeptDay(now: Date, days: number): number {
  return Math.floor(now.getTime() / dayMs) * dayMs - days * dayMs;
}
