import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { SignedIn } from '../../platform/http/index.ts';
import { recordForPerson } from './record-signin.ts';

/** Ends the session that the caller came with. In the platform’s scope. */
export async function signOut(
  tx: Tx,
  { userId, sessionId, isOperator, onlyAccountId }: SignedIn,
): Promise<void> {
  await tx.sql.deleteFrom('session').where('id', '=', sessionId).execute();
  const action = 'signin.signed-out';
  if (isOperator !== true) return await recordForPerson(tx, userId, action);
  if (typeof onlyAccountId === 'string')
    await recordAudit(tx, onlyAccountId, { action, actor: { kind: 'operator', id: userId } });
}
