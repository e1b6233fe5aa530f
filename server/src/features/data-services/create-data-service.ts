import { randomUUID } from 'node:crypto';
import { dataServiceLimits, type DataServiceConfiguration } from '@samtal/contract/data-services';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import { judgeQuery } from './judge-query.ts';
import { insertDataService, readDataServices } from './queries.ts';
import { refuseUnknown } from './refuse-unknown.ts';
import { refuseUnlessSeeingAll } from './refuse-unless-seeing-all.ts';
import { serviceBody } from './service-body.ts';

export interface NewDataService {
  readonly service: DataServiceConfiguration;
  /** For one that is made again. */
  readonly id?: string;
  readonly note?: ChangeNote;
}

/**
 * Defines a data service. Refuses with access.exceeds-own, data-services.too-many, names.taken, not-found for what it names, and like
 * judgeQuery.
 */
export async function createDataService(
  tx: Tx,
  caller: Member,
  { service, id = randomUUID(), note = {} }: NewDataService,
): Promise<void> {
  refuseUnlessSeeingAll(caller);
  const { accountId, actor } = caller;
  const body = serviceBody(service);
  judgeQuery(body.query);
  await refuseUnknown(tx, accountId, body, null);
  // One after the other, so that nobody makes one more than there may be.
  await tx.sql.selectFrom('account').select('id').where('id', '=', accountId).forNoKeyUpdate().execute();
  if ((await readDataServices(tx, accountId)).length >= dataServiceLimits.services)
    throw new Refusal('data-services.too-many');
  await insertDataService(tx, accountId, { id, body });
  await recordVersion(tx, accountId, {
    kind: 'data-service',
    objectId: id,
    before: null,
    body,
    by: actor,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'data-services.created',
    actor,
    subject: { kind: 'data-service', id },
    details: { subject: body.query.subject, measures: body.query.measures, roles: body.roleIds },
  });
}
