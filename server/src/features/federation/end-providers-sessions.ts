import { platformChain, recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { FederationParts } from './finish-sign-in.ts';
import type { StoredProvider } from './queries.ts';

/**
 * Ends the sessions that stand on sign-ins at this provider: of a person there, or of whoever has one of these sessions there,
 * or of both. A person’s session of which the provider never said which of theirs it is ends with any of them. In the
 * platform’s scope.
 */
export async function endProvidersSessions(
  tx: Tx,
  { accountId, id: providerId }: StoredProvider,
  {
    subject,
    sessions,
    sessionsEnded,
  }: { subject: string | null; sessions: readonly string[] } & Pick<FederationParts, 'sessionsEnded'>,
): Promise<void> {
  let query = tx.sql.deleteFrom('session').where('provider_id', '=', providerId);
  if (subject !== null) query = query.where('provider_subject', '=', subject);
  if (sessions.length > 0)
    query = query.where((eb) =>
      eb.or([
        eb('provider_session', 'in', [...sessions]),
        ...(subject === null ? [] : [eb('provider_session', 'is', null)]),
      ]),
    );
  else if (subject === null) return;
  const ended = await query.returning(['id', 'user_id as userId']).execute();
  if (ended.length === 0) return;
  tx.afterCommit(() => sessionsEnded(ended.map(({ id }) => id)));
  for (const userId of new Set(ended.map((each) => each.userId)))
    for (const chain of [platformChain, accountId])
      await recordAudit(tx, chain, {
        action: 'federation.signed-out',
        actor: { kind: 'system' },
        subject: { kind: 'user', id: userId },
        details: { provider: providerId },
      });
}
