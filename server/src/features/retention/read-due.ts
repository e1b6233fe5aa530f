import type { Due } from '@samtal/contract/retention';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { countDueEntries, countDueTranscripts, countEndedSessions, sessionLeftoverHours } from './queries.ts';
import { readStatisticsDue } from '../statistics/index.ts';
import { statisticsRule, transcriptRules } from './rules.ts';

const hourMs = 60 * 60 * 1000;

/** What is due in the account, by class and rule. */
export async function readDue(tx: ReadTx, account: string): Promise<Due[]> {
  const due: Due[] = [];
  for (const { channelId, channelName, rule } of await transcriptRules(tx, account)) {
    const { days, origin } = rule;
    const { oldest, next, ...counts } = await countDueTranscripts(tx, account, { channelId, days });
    due.push({
      dataClass: 'transcript',
      channelId,
      channelName,
      days,
      origin,
      ...counts,
      oldestDueAt: after(oldest, days * 24),
      nextDueAt: after(next, days * 24),
    });
  }
  const { oldest, next, ...counts } = await countEndedSessions(tx, account);
  due.push({
    dataClass: 'visitor-session',
    channelId: null,
    channelName: null,
    days: 1,
    origin: 'default',
    ...counts,
    held: 0,
    oldestDueAt: after(oldest, sessionLeftoverHours),
    nextDueAt: after(next, sessionLeftoverHours),
  });
  const statistics = await dueStatistics(tx, account);
  return statistics === null ? due : [...due, statistics];
}

/** Counted in days, which go as a whole; null where they stay. */
async function dueStatistics(tx: ReadTx, account: string): Promise<Due | null> {
  const rule = await statisticsRule(tx, account);
  if (rule === null) return null;
  const { days, origin } = rule;
  const { kept, due, oldestDueAt, nextDueAt } = await readStatisticsDue(tx, account, {
    days,
    now: new Date(),
  });
  return {
    dataClass: 'statistics',
    channelId: null,
    channelName: null,
    days,
    origin,
    kept,
    due,
    held: 0,
    oldestDueAt: oldestDueAt?.toISOString() ?? null,
    nextDueAt: nextDueAt?.toISOString() ?? null,
  };
}

/** What would be due if transcripts of the account, or of one of its channels, were kept for so many days. */
export async function previewTranscripts(
  tx: ReadTx,
  account: string,
  { transcriptDays: days, channelId }: { transcriptDays: number; channelId?: string },
): Promise<{ conversations: number; entries: number; held: number; oldest: string | null }> {
  const rules = await transcriptRules(tx, account);
  // The account's setting holds where a channel has none of its own.
  const concerned = rules.filter((each) =>
    channelId === undefined ? each.rule.origin !== 'channel' : each.channelId === channelId,
  );
  if (concerned.length === 0) throw new Refusal('not-found');
  let sum = { conversations: 0, entries: 0, held: 0 };
  const oldest: string[] = [];
  for (const each of concerned) {
    const wanted = { channelId: each.channelId, days };
    const due = await countDueTranscripts(tx, account, wanted);
    const entries = due.due === 0 ? 0 : await countDueEntries(tx, account, wanted);
    sum = {
      conversations: sum.conversations + due.due,
      entries: sum.entries + entries,
      held: sum.held + due.held,
    };
    if (due.oldest !== null) oldest.push(due.oldest.toISOString());
  }
  return { ...sum, oldest: oldest.toSorted()[0] ?? null };
}

function after(at: Date | null, hours: number): string | null {
  return at === null ? null : new Date(at.getTime() + hours * hourMs).toISOString();
}
