import type { Session } from '@samtal/contract/signin';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, Tx } from '../../platform/database/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { newToken, tokenHash } from '../../platform/tokens/index.ts';
import {
  countNetwork,
  describeSession,
  startOperatorSession,
  type Device,
  type Failures,
} from '../signin/index.ts';
import { lockAccess } from './queries.ts';

/** A link stands this long, seconds. */
const linkLifeS = 10 * 60;

/**
 * A token that lets the operator in once, soon. The one before is good no more. Refuses with operator-access.not-open unless
 * the access was approved and lasts, not-found. In the platform’s scope.
 */
export async function makeEntry(tx: Tx, accountId: string, accessId: string): Promise<string> {
  const { state } = found(await lockAccess(tx, accountId, accessId));
  if (state !== 'approved') throw new Refusal('operator-access.not-open');
  const token = newToken();
  await tx.sql
    .updateTable('operator_access')
    .set({
      token_hash: tokenHash(token),
      token_expires_at: sql<Date>`now() + make_interval(secs => ${linkLifeS})`,
    })
    .where('account_id', '=', accountId)
    .where('id', '=', accessId)
    .execute();
  return token;
}

/**
 * Begins the session of an operator. One that opens nothing counts as a guess of the network it came from. Refuses with
 * operator-access.link-invalid.
 */
export async function enterAccount(
  { database, failures }: { database: Database; failures: Failures },
  { token, address, device }: { token: string; address: string; device: Device },
): Promise<{ token: string; session: Session }> {
  const entered = await database.transaction('platform', async (tx) => {
    await countNetwork(tx, failures, address);
    const access = await takeEntry(tx, token);
    if (access === null) return null;
    await failures.uncount(tx, failures.ofNetwork(address));
    const { id, accountId } = access;
    await keepIdentity(tx, access);
    const begun = await startOperatorSession(tx, { accessId: id, accountId, endsAt: access.endsAt, device });
    await recordAudit(tx, accountId, {
      action: 'operator-access.entered',
      actor: { kind: 'operator', id },
      subject: { kind: 'operator-access', id },
    });
    return { token: begun.token, session: await describeSession(tx, begun.sessionId) };
  });
  if (entered === null) throw new Refusal('operator-access.link-invalid');
  return entered;
}

interface Entered {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  readonly endsAt: Date;
}

/** Uses the link up: of several at once one gets in. */
async function takeEntry(tx: Tx, token: string): Promise<Entered | null> {
  const { rows } = await sql<Entered>`
    update operator_access a set token_hash = null, token_expires_at = null, entered_at = now()
    from account
    where account.id = a.account_id and account.status = 'active'
      and a.token_hash = ${tokenHash(token)} and a.token_expires_at > now()
      and a.state = 'approved' and a.ends_at > now()
    returning a.id, a.account_id as "accountId", a.operator_name as name, a.operator_email as email,
      a.ends_at as "endsAt"`.execute(tx.sql);
  return rows[0] ?? null;
}

/** Sessions are of somebody. This one has no password, belongs to nothing, and is forgotten after the access. */
async function keepIdentity(tx: Tx, { id, email, name }: Entered): Promise<void> {
  await tx.sql
    .insertInto('identity')
    .values({ id, email, email_folded: null, name, password_hash: null, password_changed_at: null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}
