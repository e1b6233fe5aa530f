import type { Database, Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Failures } from './failures.ts';
import { countNetwork } from './prove-password.ts';
import { readInvitation, type OpenInvitation } from './queries.ts';

/** The invitation of this token. One that opens nothing counts as a guess of the network it came from. */
export async function openInvitation(
  { database, failures }: { database: Database; failures: Failures },
  { token, address }: { token: string; address: string },
): Promise<OpenInvitation> {
  const invitation = await database.transaction('platform', async (tx: Tx) => {
    await countNetwork(tx, failures, address);
    const open = await readInvitation(tx, token);
    if (open !== null) await failures.uncount(tx, failures.ofNetwork(address));
    return open;
  });
  if (invitation === null) throw new Refusal('signin.invitation-invalid');
  return invitation;
}
