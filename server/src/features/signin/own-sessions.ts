import type { SessionOfPerson } from '@samtal/contract/signin';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { found, type SignedIn } from '../../platform/http/index.ts';
import { recordForPerson } from './record-signin.ts';
import { alive, endsAt, endSessions, within } from './sessions.ts';

/**
 * The living sessions of a person, the one used last first. `current`: the one that asks. `onlyIn`: of this account alone, where the one
 * that asks reaches no other. In the platform’s scope.
 */
export async function readSessions(
  tx: ReadTx,
  userId: string,
  current: string | null,
  onlyIn: string | null = null,
): Promise<SessionOfPerson[]> {
  const rows = await tx.sql
    .selectFrom('session')
    .select(['id', 'device', 'browser', 'system', 'created_at', 'used_at', endsAt.as('endsAt')])
    .where('user_id', '=', userId)
    .where(alive)
    .where(within(onlyIn))
    .orderBy('used_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(({ id, device, browser, system, ...at }) => ({
    id,
    device,
    browser,
    system,
    startedAt: at.created_at.toISOString(),
    usedAt: at.used_at.toISOString(),
    endsAt: at.endsAt.toISOString(),
    isCurrent: id === current,
  }));
}

/** Ends one of the own sessions, from any that reaches as far. */
export async function endOwnSession(
  tx: Tx,
  { userId, onlyAccountId = null }: SignedIn,
  sessionId: string,
): Promise<void> {
  found(await endOne(tx, { userId, sessionId, onlyIn: onlyAccountId }));
  await recordForPerson(tx, userId, 'signin.sessions-ended', { count: 1 });
}

/** Ends all own sessions that reach no further than the one that asks, but that one. Answers with those. */
export async function endOtherSessions(
  tx: Tx,
  { userId, sessionId, onlyAccountId = null }: SignedIn,
): Promise<string[]> {
  const ended = await endSessions(tx, { userId, except: sessionId, onlyIn: onlyAccountId });
  await recordForPerson(tx, userId, 'signin.sessions-ended', { count: ended.length });
  return ended;
}

/** Ends a session of a user of the account, who then is signed out of every account. The caller may manage the user. */
export async function endSessionOfUser(
  tx: Tx,
  accountId: string,
  { userId, sessionId, by }: { userId: string; sessionId: string; by: AuditActor },
): Promise<void> {
  found(await endOne(tx, { userId, sessionId, onlyIn: null }));
  const subject = { kind: 'user', id: userId };
  await recordAudit(tx, accountId, {
    action: 'signin.sessions-ended',
    actor: by,
    subject,
    details: { count: 1 },
  });
}

async function endOne(
  tx: Tx,
  { userId, sessionId, onlyIn }: { userId: string; sessionId: string; onlyIn: string | null },
): Promise<string | null> {
  const ended = await tx.sql
    .deleteFrom('session')
    .where('id', '=', sessionId)
    .where('user_id', '=', userId)
    .where(within(onlyIn))
    .returning('id')
    .executeTakeFirst();
  return ended?.id ?? null;
}
