import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { SignedIn } from '../../platform/http/index.ts';
import { recordForPerson } from './record-signin.ts';
import { noteSignedOut } from './signed-out.ts';

/**
 * Ends the session that the caller came with. The token, where there is one, lets their browser go on to sign out at the identity
 * provider. In the platform’s scope.
 */
export async function signOut(
  tx: Tx,
  { userId, sessionId, isOperator, onlyAccountId }: SignedIn,
): Promise<string | null> {
  const onward = await noteSignedOut(tx, sessionId);
  await tx.sql.deleteFrom('session').where('id', '=', sessionId).execute();
  const action = 'signin.signed-out';
  if (isOperator !== true) await recordForPerson(tx, userId, action);
  else if (typeof onlyAccountId === 'string')
    await recordAudit(tx, onlyAccountId, { action, actor: { kind: 'operator', id: userId } });
  return onward;
}
