import { dataClassNames } from '@samtal/contract/retention';
import type { Authorisation } from '@samtal/contract/access';
import type { DataProtectionRecord } from '@samtal/contract/data-protection';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { readRoles } from '../access/index.ts';
import { readAccount } from '../accounts/index.ts';
import { hostOf, readDestinations } from '../audit/index.ts';
import { dataClasses } from '../retention/index.ts';
import { readStandingSettings } from '../settings/index.ts';
import { readSites } from '../sites/index.ts';
import { keepingOfClasses } from './keeping-of-classes.ts';
import { keptPeriods, type Standing } from './periods.ts';
import { rulesInRecord, settingsInRecord } from './settings-in-record.ts';

/** Features whose authorisations reach data about people, by the first word of the authorisation. */
const personal: ReadonlySet<string> = new Set([
  'conversations',
  'visitors',
  'activity-log',
  'audit',
  'users',
  'retention',
  'erasure',
]);

/** The record of an account as its configuration is at this moment (G11). */
export async function buildRecord(
  tx: ReadTx,
  account: string,
  { version, filesScanned }: { version: string; filesScanned: boolean },
): Promise<DataProtectionRecord> {
  const { id, name } = found(await readAccount(tx, account));
  const own: Standing = { channelId: null, ...(await readStandingSettings(tx, account, null)) };
  const sites = await readSites(tx, account);
  const channels: Standing[] = [];
  for (const site of sites)
    channels.push({ channelId: site.id, ...(await readStandingSettings(tx, account, site.id)) });
  const { values } = own;
  return {
    generatedAt: new Date().toISOString(),
    version,
    account: { id, name },
    contacts: {
      controller: values['privacy.controller'],
      contact: values['privacy.contact'],
      officer: values['privacy.officer'],
      representative: values['privacy.representative'],
      purposes: values['privacy.purposes'],
      transfers: values['privacy.transfers'],
      processor: values['privacy.processor'],
      region: values['privacy.region'],
    },
    channels: sites.map((site) => {
      const standing = channels.find(({ channelId }) => channelId === site.id) ?? own;
      return {
        id: site.id,
        name: site.name,
        origins: site.origins,
        activityLog: standing.values['activity-log.level'],
        sessionDataShown: standing.values['session-data.shown'],
      };
    }),
    classes: dataClassNames.map((word) => {
      const { personal: people, period, onRequest } = dataClasses[word];
      const { places, protection } = keepingOfClasses[word];
      return {
        class: word,
        people,
        places: [...places],
        protection: [...protection],
        periods: keptPeriods(period, own, channels),
        erasedOnRequest: onRequest,
      };
    }),
    attributes: values['visitors.attributes'].map(({ label, purpose, category, indexed }) => ({
      label,
      purpose,
      category,
      indexed,
    })),
    settings: settingsInRecord(own, channels),
    rules: rulesInRecord(own, channels),
    filesScanned,
    auditDestinations: await destinationsOf(tx, account),
    roles: await rolesOf(tx, account),
  };
}

/** Hosts alone: a path or a query may hold a secret of the receiver. */
async function destinationsOf(
  tx: ReadTx,
  account: string,
): Promise<DataProtectionRecord['auditDestinations']> {
  return (await readDestinations(tx, account)).map(({ name, target, active }) => ({
    name,
    kind: target.kind,
    host: hostOf(target),
    encrypted: target.kind === 'webhook' || target.transport === 'tls',
    active,
  }));
}

async function rolesOf(tx: ReadTx, account: string): Promise<DataProtectionRecord['roles']> {
  const { rows } = await sql<{ roleId: string; users: number }>`
    select role_id as "roleId", count(distinct user_id) as users
    from role_grant join membership using (account_id, user_id)
    where account_id = ${account} and status = 'active'
    group by role_id`.execute(tx.sql);
  const users = new Map(rows.map((row) => [row.roleId, row.users]));
  return [...(await readRoles(tx, account)).values()].map((role) => ({
    id: role.id,
    name: role.name,
    builtIn: role.builtIn,
    users: users.get(role.id) ?? 0,
    reaches: role.allows.filter(reachesPeople),
  }));
}

function reachesPeople(authorisation: Authorisation): boolean {
  return personal.has(authorisation.slice(0, authorisation.indexOf('.')));
}
