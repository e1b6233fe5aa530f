import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import { normalisedOrigins } from './policy.ts';
import { readSite, refuseUnknownQueue } from './queries.ts';

export interface SiteChanges {
  readonly name?: string;
  readonly origins?: readonly string[];
  readonly queueId?: string;
  readonly locale?: string;
  readonly accentColour?: string;
  readonly sessionLifeMinutes?: number;
}

/** Changes a web site. Origins that are taken away are refused from the next request on. */
export async function changeSite(
  tx: Tx,
  caller: Member,
  { siteId, changes }: { siteId: string; changes: SiteChanges },
): Promise<void> {
  const { accountId } = caller;
  await readSite(tx, accountId, siteId);
  if (changes.queueId !== undefined) await refuseUnknownQueue(tx, accountId, changes.queueId);
  try {
    await tx.sql
      .updateTable('site')
      .set(columnsOf(changes))
      .where('account_id', '=', accountId)
      .where('id', '=', siteId)
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'site_name')) throw new Refusal('names.taken');
    throw error;
  }
  await recordAudit(tx, accountId, {
    action: 'sites.changed',
    actor: { kind: 'user', id: caller.userId },
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
