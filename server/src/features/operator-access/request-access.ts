import { randomUUID } from 'node:crypto';
import type { Authorisation, Scope } from '@samtal/contract/access';
import { operatorAccessMinutes } from '@samtal/contract/operator-access';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { normalisedScope, operatorGrant, refuseUnknownPlaces } from '../access/index.ts';
import { readSettings } from '../settings/index.ts';

export interface AccessRequest {
  readonly operatorName: string;
  /** Whoever has this address in the account cannot approve it. */
  readonly operatorEmail: string;
  readonly reason: string;
  readonly authorisations: readonly Authorisation[];
  readonly scope: Scope;
  readonly minutes: number;
}

/**
 * Asks an account for access (B4). Nothing is possible by it until somebody there approves it. Refuses with
 * operator-access.too-long, operator-access.nothing-left, not-found.
 */
export async function requestAccess(tx: Tx, accountId: string, asked: AccessRequest): Promise<string> {
  const scope = normalisedScope(asked.scope);
  await refuseUnknownPlaces(tx, accountId, scope);
  const { authorisations } = operatorGrant(asked.authorisations, scope);
  if (authorisations.size === 0) throw new Refusal('operator-access.nothing-left');
  await refuseTooLong(tx, accountId, asked.minutes);
  const id = randomUUID();
  const lapses = (await readSettings(tx, accountId))['operators.request-hours'];
  await tx.sql
    .insertInto('operator_access')
    .values({
      account_id: accountId,
      id,
      operator_name: asked.operatorName,
      operator_email: asked.operatorEmail,
      reason: asked.reason,
      authorisations: [...authorisations],
      scope: JSON.stringify(scope),
      minutes: asked.minutes,
      lapses_at: sql<Date>`now() + make_interval(hours => ${lapses})`,
    })
    .execute();
  await recordAudit(tx, accountId, {
    action: 'operator-access.requested',
    actor: { kind: 'operator' },
    subject: { kind: 'operator-access', id },
    details: { authorisations: [...authorisations], minutes: asked.minutes, ...scope },
  });
  return id;
}

/** Refuses with operator-access.too-long what is longer than the account allows, or no time at all. */
export async function refuseTooLong(tx: Tx, accountId: string, minutes: number): Promise<void> {
  const hours = (await readSettings(tx, accountId))['operators.longest-access-hours'];
  const { min, max } = operatorAccessMinutes;
  if (!Number.isInteger(minutes) || minutes < min || minutes > Math.min(hours * 60, max))
    throw new Refusal('operator-access.too-long');
}
