import type { FactorKind } from '@samtal/contract/signin';
import type { Tx } from '../../platform/database/index.ts';
import { lowerSession } from './elevation.ts';
import { forgetShownFactors } from './known-devices.ts';
import { recordForPerson } from './record-signin.ts';
import { endSessions } from './sessions.ts';

interface Change {
  readonly userId: string;
  readonly kind: FactorKind;
  /** The session in which it was changed; null where there was none. */
  readonly sessionId: string | null;
}

export async function noticeFactorAdded(tx: Tx, change: Change): Promise<{ ended: string[] }> {
  return await notice(tx, 'signin.factor-added', change);
}

export async function noticeFactorRemoved(tx: Tx, change: Change): Promise<{ ended: string[] }> {
  return await notice(tx, 'signin.factor-removed', change);
}

/**
 * Whoever came in by what the person signed in with before is out: every other session ends (ASVS 7.4.3), and this one is
 * elevated no more.
 */
async function notice(
  tx: Tx,
  action: string,
  { userId, kind, sessionId }: Change,
): Promise<{ ended: string[] }> {
  await forgetShownFactors(tx, userId);
  const ended = await endSessions(tx, { userId, ...(sessionId === null ? {} : { except: sessionId }) });
  await recordForPerson(tx, userId, action, { kind, sessionsEnded: ended.length });
  if (sessionId !== null) await lowerSession(tx, sessionId);
  return { ended };
}
