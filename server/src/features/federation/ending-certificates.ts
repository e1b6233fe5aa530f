import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { membersHolding } from '../access/index.ts';
import { certificateEnd } from './certificates.ts';
import { readProviders } from './queries.ts';

const dayMs = 86_400_000;
/** So many days before the end it is told, the earliest first. */
const noticeDays = [30, 7] as const;

/** A provider in use whose certificates will all have ended soon, or have. */
interface EndingCertificate {
  readonly providerId: string;
  readonly name: string;
  readonly endsAt: Date;
}

/** Of two certificates the later one counts: the other is on its way out. In the account’s scope. */
export async function readEndingCertificates(
  tx: ReadTx,
  account: string,
  now = new Date(),
): Promise<EndingCertificate[]> {
  return (await readProviders(tx, account)).flatMap((provider) => {
    if (!provider.active || provider.protocol !== 'saml') return [];
    const endsAt = new Date(
      Math.max(...provider.saml.certificates.map((pem) => certificateEnd(pem).getTime())),
    );
    const isSoon = endsAt.getTime() - now.getTime() < (noticeDays[0] + 1) * dayMs;
    return isSoon ? [{ providerId: provider.id, name: provider.name, endsAt }] : [];
  });
}

/** Tells people by mail. */
interface CertificateMail {
  /** Whether mail can be sent at all. */
  isPossible(): Promise<boolean>;
  /** Whether it was sent. */
  send(to: string, values: { account: string; provider: string; day: string }): Promise<boolean>;
}

export interface CertificateWatch {
  readonly database: Database;
  readonly mail: CertificateMail;
}

/** Tells whoever manages the providers of an account, 30 and 7 days before the last certificate of one ends, once each. */
export async function tellOfEndingCertificates({ database, mail }: CertificateWatch): Promise<void> {
  const accounts = await database.read('platform', (tx) =>
    tx.sql
      .selectFrom('account')
      .select(['id', 'name'])
      .where('status', '=', 'active')
      .where(sql<boolean>`exists (select from identity_provider where account_id = account.id and active)`)
      .execute(),
  );
  if (accounts.length === 0 || !(await mail.isPossible())) return;
  for (const account of accounts) await tellAccount({ database, mail }, account);
}

async function tellAccount(
  { database, mail }: CertificateWatch,
  { id: account, name }: { id: string; name: string },
): Promise<void> {
  const now = new Date();
  const { ending, noticed, told } = await database.read(account, async (tx) => ({
    ending: await readEndingCertificates(tx, account, now),
    noticed: await readNoticed(tx, account),
    told: await readTold(tx, account),
  }));
  for (const [providerId] of noticed)
    if (!ending.some((each) => each.providerId === providerId))
      await note(database, account, providerId, null);
  for (const { providerId, name: provider, endsAt } of ending) {
    const daysLeft = Math.floor((endsAt.getTime() - now.getTime()) / dayMs);
    const due = noticeDays.findLast((days) => daysLeft <= days) ?? noticeDays[0];
    if ((noticed.get(providerId) ?? Infinity) <= due) continue;
    const values = { account: name, provider, day: endsAt.toISOString().slice(0, 10) };
    let isTold = false;
    for (const to of told) isTold = (await mail.send(to, values)) || isTold;
    if (isTold) await note(database, account, providerId, due);
  }
}

async function readNoticed(tx: ReadTx, account: string): Promise<Map<string, number>> {
  const rows = await tx.sql
    .selectFrom('identity_provider')
    .select(['id', 'certificate_notice_days as days'])
    .where('account_id', '=', account)
    .where('certificate_notice_days', 'is not', null)
    .execute();
  return new Map(rows.map(({ id, days }) => [id, days ?? 0]));
}

/** Addresses of the active users who manage the providers. */
async function readTold(tx: ReadTx, account: string): Promise<string[]> {
  const managing = [...(await membersHolding(tx, account, 'federation.manage')).keys()];
  if (managing.length === 0) return [];
  const members = await tx.sql
    .selectFrom('membership')
    .select('email')
    .where('account_id', '=', account)
    .where('user_id', 'in', managing)
    .where('status', '=', 'active')
    .execute();
  return members.map(({ email }) => email);
}

/** Null: a certificate that lasts has come. */
async function note(
  database: Database,
  account: string,
  providerId: string,
  days: number | null,
): Promise<void> {
  await database.transaction(account, async (tx) => {
    await tx.sql
      .updateTable('identity_provider')
      .set({ certificate_notice_days: days })
      .where('account_id', '=', account)
      .where('id', '=', providerId)
      .execute();
    if (days !== null)
      await recordAudit(tx, account, {
        action: 'federation.certificate-notice',
        actor: { kind: 'system' },
        subject: { kind: 'identity-provider', id: providerId },
        details: { days },
      });
  });
}
