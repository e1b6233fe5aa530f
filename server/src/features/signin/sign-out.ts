import type { Tx } from '../../platform/database/index.ts';
import type { SignedIn } from '../../platform/http/index.ts';
import { recordForPerson } from './record-signin.ts';

/** Ends the session that the request came with. In the platform’s scope. */
export async function signOut(tx: Tx, { userId, sessionId }: SignedIn): Promise<void> {
  await tx.sql.deleteFrom('session').where('id', '=', sessionId).execute();
  await recordForPerson(tx, userId, 'signin.signed-out');
}
