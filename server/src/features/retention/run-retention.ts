import { pruneAudit, recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import type { ConversationKeys, Keyring, MarkedBucket } from '../../platform/keys/index.ts';
import { caseHashOf } from './case-hash.ts';
import { deleteConversations, type EraserParts } from './delete-conversations.ts';
import { destroyEmptyBuckets } from './destroy-empty-buckets.ts';
import { doEach, forEachAccount } from './each-account.ts';
import { forgetDueStatistics } from './forget-statistics.ts';
import { claimDueTranscripts, deleteEndedHolds, deleteEndedSessions } from './queries.ts';
import { recordDeletion } from './record-deletion.ts';
import { auditRule, transcriptRule } from './rules.ts';

export interface RetentionParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly keys: ConversationKeys;
  readonly fanout: Fanout;
  readonly files?: EraserParts['files'];
}

/** So many conversations go in one transaction: its locks are held for some tenths of a second. */
const conversationsTogether = 500;
const sessionsTogether = 5_000;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Deletes what has been kept for its time, in every account (G7): batch after batch, each one transaction together with
 * its entry in the deletion log, claimed with SKIP LOCKED so that several nodes may do it at once. It can be killed at
 * any moment; the next run goes on. What fails, an account or one kind of data in it, keeps no other from its turn, and is told at the end. Stops between two batches when `stopAt` has passed. Returns how much was deleted.
 */
export async function runRetention(
  parts: RetentionParts,
  { stopAt = Infinity, batch = conversationsTogether }: { stopAt?: number; batch?: number } = {},
): Promise<{ conversations: number; sessions: number }> {
  let conversations = 0;
  let sessions = 0;
  await forEachAccount(parts.database, async (account) => {
    await doEach([
      async () => await endHolds(parts, account),
      async () => void (conversations += await deleteDueTranscripts(parts, account, { stopAt, batch })),
      async () => await pruneAuditTrail(parts, account, stopAt),
      async () => await forgetDueStatistics(parts.database, account, stopAt),
      async () =>
        void (sessions += await whileAny(
          stopAt,
          sessionsTogether,
          async () => await deleteSessions(parts, account),
        )),
    ]);
  });
  return { conversations, sessions };
}

async function deleteDueTranscripts(
  parts: RetentionParts,
  account: string,
  { stopAt, batch }: { stopAt: number; batch: number },
): Promise<number> {
  const eraser: EraserParts = { ...parts, caseHash: await caseHashOf(parts.keyring, account) };
  const marked: MarkedBucket[] = [];
  let deleted = 0;
  for (const channelId of await channelsOf(parts.database, account)) {
    deleted += await whileAny(stopAt, batch, async () =>
      parts.database.transaction(account, async (tx) => {
        // Read with each batch: whoever lengthens the time saves what has not gone yet.
        const rule = await transcriptRule(tx, account, channelId);
        const due = await claimDueTranscripts(tx, account, { channelId, days: rule.days, limit: batch });
        const cause = { kind: 'retention', rule } as const;
        marked.push(...(await deleteConversations(tx, eraser, account, { conversations: due, cause })));
        return due.length;
      }),
    );
  }
  await destroyEmptyBuckets(parts, account, marked);
  return deleted;
}

async function channelsOf(database: Database, account: string): Promise<(string | null)[]> {
  const sites = await database.read(account, async (tx) =>
    tx.sql.selectFrom('site').select('id').where('account_id', '=', account).execute(),
  );
  return [null, ...sites.map((site) => site.id)];
}

/** Does batches until one is not full. */
async function whileAny(stopAt: number, size: number, work: () => Promise<number>): Promise<number> {
  let total = 0;
  while (Date.now() < stopAt) {
    const count = await work();
    total += count;
    if (count < size) break;
  }
  return total;
}

async function deleteSessions({ database }: RetentionParts, account: string): Promise<number> {
  return await database.transaction(account, async (tx) => {
    const count = await deleteEndedSessions(tx, account, sessionsTogether);
    if (count > 0)
      await recordDeletion(tx, account, {
        dataClass: 'visitor-session',
        count,
        cause: { kind: 'retention', rule: null },
      });
    return count;
  });
}

/** The trail goes by its own time (G7), as far as signed checkpoints say where it ends. */
async function pruneAuditTrail(
  { database, keyring }: RetentionParts,
  account: string,
  stopAt: number,
): Promise<void> {
  const rule = await database.read(account, async (tx) => await auditRule(tx, account));
  const before = new Date(Date.now() - rule.days * dayMs);
  const signing = await keyring.signingKey();
  const prune = async () =>
    await database.transaction('platform', async (tx) => {
      const { removed, more } = await pruneAudit(tx, signing, { account, before });
      const cause = { kind: 'retention', rule } as const;
      if (removed > 0) await recordDeletion(tx, account, { dataClass: 'audit', count: removed, cause });
      return more;
    });
  while (Date.now() < stopAt && (await prune()));
}

async function endHolds({ database }: RetentionParts, account: string): Promise<void> {
  await database.transaction(account, async (tx) => {
    const ended = await deleteEndedHolds(tx, account);
    const events = ended.map((id) => ({
      action: 'retention.hold-ended',
      actor: { kind: 'system' } as const,
      subject: { kind: 'conversation', id },
    }));
    await recordAudit(tx, account, ...events);
  });
}
