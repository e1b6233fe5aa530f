import { randomUUID } from 'node:crypto';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { siteBody } from './configuration.ts';
import { normalisedOrigins } from './policy.ts';
import { readSite, refuseUnknownQueue } from './queries.ts';
import { newSiteKey } from './site-key.ts';

export interface NewSite {
  readonly name: string;
  readonly origins: readonly string[];
  readonly queueId: string;
  readonly locale?: string;
  readonly accentColour?: string;
  readonly sessionLifeMinutes?: number;
  /** For a site whose key is announced before it is made, or that is made again. */
  readonly siteKey?: string;
  readonly id?: string;
}

/** Adds a web site and returns its id. */
export async function createSite(
  tx: Tx,
  accountId: string,
  { actor, site, note = {} }: { actor: AuditActor; site: NewSite; note?: ChangeNote },
): Promise<string> {
  await refuseUnknownQueue(tx, accountId, site.queueId);
  const id = site.id ?? randomUUID();
  const row = {
    account_id: accountId,
    id,
    site_key: site.siteKey ?? newSiteKey(),
    name: site.name,
    origins: normalisedOrigins(site.origins),
    queue_id: site.queueId,
    ...(site.locale === undefined ? {} : { locale: site.locale }),
    ...(site.accentColour === undefined ? {} : { accent_colour: site.accentColour }),
    ...(site.sessionLifeMinutes === undefined ? {} : { session_life_minutes: site.sessionLifeMinutes }),
  };
  try {
    await tx.sql.insertInto('site').values(row).execute();
  } catch (error) {
    if (isUniqueViolation(error, 'site_name')) throw new Refusal('names.taken');
    throw error;
  }
  await recordVersion(tx, accountId, {
    kind: 'site',
    objectId: id,
    before: null,
    body: siteBody(await readSite(tx, accountId, id)),
    by: actor,
    note,
  });
  await recordAudit(tx, accountId, { action: 'sites.created', actor, subject: { kind: 'site', id } });
  return id;
}
