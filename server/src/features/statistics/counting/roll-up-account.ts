import type { Tx } from '../../../platform/database/index.ts';
import { forgetFailed, forgetFailedBefore, forPeriod, readFailed, type Failed } from './failed-hours.ts';
import type { Carried } from './figure-table.ts';
import { notePeriods } from './note-periods.ts';
import { putBackStaleHours, readProgress, takeStaleHours, writeProgress, type Progress } from './progress.ts';
import { readCarried, readEndedDays, readFacts, readHours, writeCarried, writeFigures } from './queries.ts';
import { mergeFigures, rollUpHour } from './roll-up-hour.ts';
import { takeTurn } from './take-turn.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** One transaction takes at most this many hours, so that what was missed for long is made up for in pieces. */
const hoursTogether = 24;

/*
 * An hour is stale when a fact in it is not counted yet, when time has passed in it while something stands open, or when something
 * else stood open when it began than was said.
 *
 *   stale ──counted──▶ its figures, those of its day, and what stands open at its end
 *                        └─ if that differs from what the next hour began with: the next hour is stale
 *
 * One that cannot be counted is set aside and tried again later (failed-hours.ts). Hours after it are counted with what stood open by what
 * is known; when it is counted at last, they are stale if that was something else. A day that cannot be put together is set aside likewise.
 */

/**
 * Brings the figures of an account up to date: stale hours are counted anew from their own facts and what stood open when they
 * began, then days that are over from their hours. Killed anywhere, nothing has happened; done twice, nothing changes. Answers whether there
 * is more to do; null when somebody else is at it. Fails with NotCounted when an hour or a day cannot be counted: once that is set
 * aside, everything else can.
 */
export async function rollUpAccount(tx: Tx, account: string): Promise<boolean | null> {
  const head = await takeTurn(tx, account);
  if (!head.ours) return null;
  const now = head.now.getTime();
  const progress = await readProgress(tx, account);
  if (progress?.keptSince) await forgetFailedBefore(tx, account, progress.keptSince);
  const failed = await readFailed(tx, account, head.now);
  const { stale, ahead } = await gatherHours(tx, account, { progress, failed: failed.hour, now: head.now });
  const hours = new Set<number>();
  let standsOpen = progress?.standsOpen ?? false;
  for (let counted = 0; stale.size > 0 && counted < hoursTogether; counted += 1) {
    const hour = Math.min(...stale);
    stale.delete(hour);
    const closing = await forPeriod('hour', hour, async () => await countHour(tx, account, { hour, now }));
    hours.add(hour);
    const next = hour + hourMs;
    if (next > now) standsOpen = closing.agents.length + closing.conversations.length > 0;
    else if ((await writeCarried(tx, account, new Date(next), closing)) && !failed.hour.waiting.has(next))
      stale.add(next);
  }
  const touched = new Set([...hours].map(dayOf));
  const days = await countDays(tx, account, {
    touched,
    unfinished: new Set([...stale].map(dayOf)),
    failed: failed.day,
    today: dayOf(now),
  });
  await forgetFailed(tx, account, { grain: 'hour', counted: datesOf(hours) });
  await forgetFailed(tx, account, { grain: 'day', counted: datesOf(days) });
  await notePeriods(tx, account, { hours: [...hours], days: [...touched.union(failed.day.due)] });
  await putBackStaleHours(tx, account, datesOf([...stale, ...ahead]));
  const until = Math.min(now, ...stale);
  await writeProgress(tx, account, { until: new Date(until), standsOpen });
  return stale.size > 0;
}

/**
 * The hours to count, and those that began since we looked at the clock and wait for the next round, so that what stands open is carried into
 * them first.
 */
async function gatherHours(
  tx: Tx,
  account: string,
  { progress, failed, now }: { progress: Progress | null; failed: Failed; now: Date },
): Promise<{ stale: Set<number>; ahead: Set<number> }> {
  // What is gone is not counted anew, whatever is told of it now: what stood open at its end would be lost.
  const first = progress?.keptSince?.getTime() ?? Number.NEGATIVE_INFINITY;
  const [stale, ahead] = [new Set<number>(failed.due), new Set<number>()];
  for (const date of await takeStaleHours(tx, account)) {
    const hour = date.getTime();
    if (hour >= first) (hour > now.getTime() ? ahead : stale).add(hour);
  }
  if (progress?.standsOpen === true)
    for (let hour = Math.max(first, hourOf(progress.until)); hour <= hourOf(now); hour += hourMs)
      if (!failed.waiting.has(hour)) stale.add(hour);
  return { stale, ahead };
}

async function countHour(
  tx: Tx,
  account: string,
  { hour, now }: { hour: number; now: number },
): Promise<Carried> {
  const period = { from: new Date(hour), to: new Date(hour + hourMs) };
  const facts = await readFacts(tx, account, period);
  // What was told since we looked at the clock is counted, too.
  const to = Math.min(hour + hourMs, Math.max(now, hour, facts.at(-1)?.at ?? 0));
  const opening = await readCarried(tx, account, period.from);
  const { figures, closing } = rollUpHour(facts, opening, { from: hour, to });
  await writeFigures(tx, account, { grain: 'hour', start: period.from, figures });
  return closing;
}

/**
 * Days that are over are put together from their hours: those of which hours were counted, those that have ended since the last one was, and
 * those that failed and are to be tried again. Answers with them. One of which hours are still to be counted comes with those. The day under
 * way is not put together: its lists grow, and would be written anew each minute. Whoever reads it puts its hours together.
 */
async function countDays(
  tx: Tx,
  account: string,
  {
    touched,
    unfinished,
    failed,
    today,
  }: { touched: ReadonlySet<number>; unfinished: ReadonlySet<number>; failed: Failed; today: number },
): Promise<number[]> {
  const ended = (await readEndedDays(tx, account, new Date(today))).map((day) => day.getTime());
  const days = [...new Set([...touched, ...ended, ...failed.due])].filter(
    (day) => day < today && !unfinished.has(day) && !failed.waiting.has(day),
  );
  for (const day of days) await forPeriod('day', day, async () => await countDay(tx, account, day));
  // Until an upgrade the day under way had figures, too.
  if (touched.has(today))
    await writeFigures(tx, account, { grain: 'day', start: new Date(today), figures: [] });
  return days;
}

async function countDay(tx: Tx, account: string, day: number): Promise<void> {
  const hours = await readHours(tx, account, { from: new Date(day), to: new Date(day + dayMs) });
  await writeFigures(tx, account, { grain: 'day', start: new Date(day), figures: mergeFigures(hours) });
}

function hourOf(at: Date): number {
  return Math.floor(at.getTime() / hourMs) * hourMs;
}

function dayOf(hour: number): number {
  return Math.floor(hour / dayMs) * dayMs;
}

function datesOf(hours: Iterable<number>): Date[] {
  return [...hours].map((hour) => new Date(hour));
}
