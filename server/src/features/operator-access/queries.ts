import type { Authorisation, Scope } from '@samtal/contract/access';
import type { OperatorAccess, OperatorAccessState } from '@samtal/contract/operator-access';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';

export interface StoredAccess {
  readonly id: string;
  readonly operatorName: string;
  readonly operatorEmail: string;
  readonly reason: string;
  readonly authorisations: Authorisation[];
  readonly scope: Scope;
  readonly minutes: number;
  readonly state: OperatorAccessState;
  readonly requestedAt: Date;
  readonly lapsesAt: Date;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  readonly decidedByName: string | null;
  readonly endsAt: Date | null;
  readonly endedAt: Date | null;
  readonly endedBy: OperatorAccess['endedBy'];
  readonly enteredAt: Date | null;
}

/** SQL: how an access stands now, also before what is due has been done about it. */
const state = sql<OperatorAccessState>`case
  when a.state = 'requested' and a.lapses_at <= now() then 'lapsed'
  when a.state = 'approved' and a.ends_at <= now() then 'ended'
  else a.state end`;

/** The accesses of an account, the newest first. */
export async function readAccesses(
  tx: ReadTx,
  accountId: string,
  accessId: string | null = null,
): Promise<StoredAccess[]> {
  const { rows } = await sql<StoredAccess>`
    select a.id, a.operator_name as "operatorName", a.operator_email as "operatorEmail", a.reason,
      a.authorisations, a.scope, a.minutes, ${state} as state, a.requested_at as "requestedAt",
      a.lapses_at as "lapsesAt", a.decided_at as "decidedAt", a.decided_by as "decidedBy", m.name as "decidedByName",
      a.ends_at as "endsAt",
      coalesce(a.ended_at, case when a.state = 'approved' and a.ends_at <= now() then a.ends_at end) as "endedAt",
      coalesce(a.ended_by, case when a.state = 'approved' and a.ends_at <= now() then 'time' end) as "endedBy",
      a.entered_at as "enteredAt"
    from operator_access a
    left join membership m on m.account_id = a.account_id and m.user_id = a.decided_by
    where a.account_id = ${accountId} and a.id = coalesce(${accessId}::uuid, a.id)
    order by a.requested_at desc, a.id
    limit 100`.execute(tx.sql);
  return rows;
}

/** The same of one, held until the transaction ends: of several who decide at once one does. */
export async function lockAccess(tx: Tx, accountId: string, accessId: string): Promise<StoredAccess | null> {
  await tx.sql
    .selectFrom('operator_access')
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', '=', accessId)
    .forUpdate()
    .execute();
  return (await readAccesses(tx, accountId, accessId))[0] ?? null;
}
