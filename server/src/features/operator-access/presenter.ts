import type { OperatorAccess } from '@samtal/contract/operator-access';
import type { ReadTx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { operatorGrant } from '../access/index.ts';
import { readAccesses, type StoredAccess } from './queries.ts';

export function presentAccess(access: StoredAccess): OperatorAccess {
  const { operatorEmail: _, decidedByName, authorisations, ...rest } = access;
  const { decidedBy, decidedAt, endsAt, endedAt, enteredAt } = access;
  return {
    ...rest,
    authorisations: [
      ...operatorGrant(authorisations, access.scope).authorisations,
    ] as OperatorAccess['authorisations'],
    requestedAt: access.requestedAt.toISOString(),
    lapsesAt: access.lapsesAt.toISOString(),
    decidedAt: decidedAt?.toISOString() ?? null,
    decidedBy: decidedBy === null ? null : { id: decidedBy, name: decidedByName },
    endsAt: endsAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    enteredAt: enteredAt?.toISOString() ?? null,
  };
}

export async function oneAccess(tx: ReadTx, accountId: string, accessId: string): Promise<OperatorAccess> {
  return presentAccess(found((await readAccesses(tx, accountId, accessId))[0]));
}
