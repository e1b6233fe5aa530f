import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { newestVersion } from '../../platform/history/index.ts';
import { found } from '../../platform/http/index.ts';

export interface StoredSite {
  readonly id: string;
  readonly siteKey: string;
  readonly name: string;
  readonly origins: string[];
  readonly queueId: string;
  readonly locale: string;
  readonly accentColour: string;
  readonly sessionLifeMinutes: number;
  readonly createdAt: Date;
  readonly version: number;
}

const columns = [
  'id',
  'site_key as siteKey',
  'name',
  'origins',
  'queue_id as queueId',
  'locale',
  'accent_colour as accentColour',
  'session_life_minutes as sessionLifeMinutes',
  'created_at as createdAt',
] as const;

const version = newestVersion('site', { account: 'site.account_id', id: 'site.id' }).as('version');

/** The sites of the account, by name. */
export async function readSites(tx: ReadTx, accountId: string): Promise<StoredSite[]> {
  return await tx.sql
    .selectFrom('site')
    .select([...columns, version])
    .where('account_id', '=', accountId)
    .orderBy((eb) => eb.fn<string>('lower', ['name']))
    .execute();
}

export async function readSite(tx: ReadTx, accountId: string, siteId: string): Promise<StoredSite> {
  return found(await siteOf(tx, accountId, siteId).executeTakeFirst());
}

/** The site, or null, locked until the transaction ends: every change begins with this. */
export async function lockSite(tx: Tx, accountId: string, siteId: string): Promise<StoredSite | null> {
  return (await siteOf(tx, accountId, siteId).forUpdate().executeTakeFirst()) ?? null;
}

function siteOf(tx: ReadTx, accountId: string, siteId: string) {
  return tx.sql
    .selectFrom('site')
    .select([...columns, version])
    .where('account_id', '=', accountId)
    .where('id', '=', siteId);
}

/** What the widget and CORS need of a site. */
export interface SiteForVisitors {
  readonly accountId: string;
  readonly siteId: string;
  readonly name: string;
  readonly origins: readonly string[];
  readonly queueId: string;
  readonly locale: string;
  readonly accentColour: string;
  readonly sessionLifeMinutes: number;
}

/**
 * The site with this public key, or null: there is none, or its account is suspended. In the platform’s scope, since
 * the key is all that a visitor’s page knows.
 */
export async function siteByKey(tx: ReadTx, siteKey: string): Promise<SiteForVisitors | null> {
  const row = await tx.sql
    .selectFrom('site')
    .innerJoin('account', 'account.id', 'site.account_id')
    .select([
      'site.account_id as accountId',
      'site.id as siteId',
      'site.name',
      'site.origins',
      'site.queue_id as queueId',
      'site.locale',
      'site.accent_colour as accentColour',
      'site.session_life_minutes as sessionLifeMinutes',
    ])
    .where('site.site_key', '=', siteKey)
    .where('account.status', '=', 'active')
    .executeTakeFirst();
  return row ?? null;
}

/** Refuses a queue that the account does not have, and holds back whoever would delete it before this commits. */
export async function refuseUnknownQueue(tx: Tx, accountId: string, queueId: string): Promise<void> {
  const queue = await tx.sql
    .selectFrom('queue')
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', '=', queueId)
    .forKeyShare()
    .executeTakeFirst();
  found(queue);
}
