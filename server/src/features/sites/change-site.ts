import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { siteBody } from './configuration.ts';
import { normalisedOrigins } from './policy.ts';
import { lockSite, readSite, refuseUnknownQueue } from './queries.ts';

export interface SiteChanges {
  readonly name?: string;
  readonly origins?: readonly string[];
  readonly queueId?: string;
  readonly locale?: string;
  readonly accentColour?: string;
  readonly sessionLifeMinutes?: number;
}

/** Changes a web site. Origins that are taken away are refused from the next request on. Refuses like recordVersion. */
export async function changeSite(
  tx: Tx,
  caller: Member,
  { siteId, changes, note = {} }: { siteId: string; changes: SiteChanges; note?: ChangeNote },
): Promise<void> {
  const { accountId } = caller;
  const before = found(await lockSite(tx, accountId, siteId));
  if (changes.queueId !== undefined) await refuseUnknownQueue(tx, accountId, changes.queueId);
  try {
    await tx.sql
      .updateTable('site')
      // A change of nothing is no fault, but an UPDATE must set something.
      .set({ name: before.name, ...columnsOf(changes) })
      .where('account_id', '=', accountId)
      .where('id', '=', siteId)
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'site_name')) throw new Refusal('names.taken');
    throw error;
  }
  const by = caller.actor;
  await recordVersion(tx, accountId, {
    kind: 'site',
    objectId: siteId,
    before: siteBody(before),
    body: siteBody(await readSite(tx, accountId, siteId)),
    by,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'sites.changed',
    actor: by,
    subject: { kind: 'site', id: siteId },
    details: { changed: Object.keys(changes) },
  });
}

function columnsOf(changes: SiteChanges) {
  return {
    ...(changes.name === undefined ? {} : { name: changes.name }),
    ...(changes.origins === undefined ? {} : { origins: normalisedOrigins(changes.origins) }),
    ...(changes.queueId === undefined ? {} : { queue_id: changes.queueId }),
    ...(changes.locale === undefined ? {} : { locale: changes.locale }),
    ...(changes.accentColour === undefined ? {} : { accent_colour: changes.accentColour }),
    ...(changes.sessionLifeMinutes === undefined ? {} : { session_life_minutes: changes.sessionLifeMinutes }),
  };
}
