import type { DataServiceConfiguration } from '@samtal/contract/data-services';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, type Member } from '../../platform/http/index.ts';
import { judgeQuery } from './judge-query.ts';
import { lockDataService, updateDataService } from './queries.ts';
import { refuseUnknown } from './refuse-unknown.ts';
import { refuseUnlessSeeingAll } from './refuse-unless-seeing-all.ts';
import { serviceBody } from './service-body.ts';

export type DataServiceChanges = Partial<Omit<DataServiceConfiguration, 'key'>>;

/**
 * Changes a data service. Refuses with access.exceeds-own, not-found for what it names anew, like judgeQuery, and like recordVersion.
 */
export async function changeDataService(
  tx: Tx,
  caller: Member,
  { key, changes, note = {} }: { key: string; changes: DataServiceChanges; note?: ChangeNote },
): Promise<void> {
  const { accountId, actor } = caller;
  const service = found(await lockDataService(tx, accountId, { key }));
  if (!onlyDisables(changes)) refuseUnlessSeeingAll(caller);
  const before = serviceBody(service);
  const body = { ...before, ...changes };
  if (changes.query !== undefined) judgeQuery(body.query);
  await refuseUnknown(tx, accountId, body, before);
  const { id } = service;
  await updateDataService(tx, accountId, { id, body });
  await recordVersion(tx, accountId, { kind: 'data-service', objectId: id, before, body, by: actor, note });
  await recordAudit(tx, accountId, {
    action: 'data-services.changed',
    actor,
    subject: { kind: 'data-service', id },
    details: {
      changed: Object.keys(changes),
      subject: body.query.subject,
      measures: body.query.measures,
      roles: body.roleIds,
    },
  });
}

/** Whoever takes something away need not hold it. */
function onlyDisables({ enabled, ...others }: DataServiceChanges): boolean {
  return enabled === false && Object.keys(others).length === 0;
}
