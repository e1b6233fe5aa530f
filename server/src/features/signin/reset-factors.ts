import type { FactorKind } from '@samtal/contract/signin';
import { platformChain, recordAudit } from '../../platform/audit/index.ts';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { actorOf, type Giver } from '../access/index.ts';
import { readFactors, removeAllFactors } from '../factors/index.ts';
import { refuseUnlessManageable } from '../users/index.ts';
import { forgetShownFactors } from './known-devices.ts';
import { endSessions } from './sessions.ts';

interface Whose {
  readonly accountId: string;
  readonly userId: string;
}

/** With what kinds of factors a user of the account signs in. In the platform’s scope. */
export async function readFactorsOf(
  tx: ReadTx,
  whose: Whose,
): Promise<{ kind: FactorKind; lastUsedAt: string | null }[]> {
  await emailOfUser(tx, whose);
  return (await readFactors(tx, whose.userId)).map(({ kind, lastUsedAt }) => ({
    kind,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }));
}

/**
 * Takes away everything that a user signs in with besides the password, and ends their sessions. What the person signs in with is
 * theirs and not the account’s: where they belong to other accounts as well, only an operator does it. In the platform’s scope.
 */
export async function resetFactors(
  tx: Tx,
  { accountId, userId, giver }: Whose & { giver: Giver },
): Promise<{ email: string; ended: string[] }> {
  const email = await emailOfUser(tx, { accountId, userId });
  await refuseUnlessManageable(tx, accountId, { giver, userId });
  if (giver !== 'operator' && (await isElsewhere(tx, { accountId, userId })))
    throw new Refusal('signin.of-several-accounts');
  const factors = await removeAllFactors(tx, userId);
  await forgetShownFactors(tx, userId);
  const ended = await endSessions(tx, { userId });
  const event = {
    action: 'signin.factors-reset',
    actor: actorOf(giver),
    subject: { kind: 'user', id: userId },
    details: { factors, sessionsEnded: ended.length },
  };
  for (const chain of [platformChain, accountId]) await recordAudit(tx, chain, event);
  return { email, ended };
}

async function emailOfUser(tx: ReadTx, { accountId, userId }: Whose): Promise<string> {
  const row = await tx.sql
    .selectFrom('membership')
    .select('email')
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return found(row ?? null).email;
}

async function isElsewhere(tx: ReadTx, { accountId, userId }: Whose): Promise<boolean> {
  const other = await tx.sql
    .selectFrom('membership')
    .select('account_id')
    .where('user_id', '=', userId)
    .where('account_id', '<>', accountId)
    .where('status', '=', 'active')
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}
