import { randomBytes, randomUUID } from 'node:crypto';
import type { AuditDestination, AuditTarget } from '@samtal/contract/audit';
import { sql } from 'kysely';
import { platformChain, recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import { isUniqueViolation, type ReadTx, type Tx } from '../../platform/database/index.ts';
import { newestVersion, recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Outbound } from '../../platform/outbound/index.ts';
import { sealDestinationSecret } from './destination-secret.ts';

export interface NewDestination {
  readonly name: string;
  readonly target: AuditTarget;
  readonly from: 'beginning' | 'now';
  readonly client?: { readonly cert: string; readonly key: string };
  readonly reason?: string;
}

/**
 * Has the account’s trail sent somewhere, and returns the secret of a webhook, for the only time. Addresses that are
 * refused whatever a name server says are refused here already.
 */
export async function createDestination(
  tx: Tx,
  { keyring, outbound }: { keyring: Keyring; outbound: Outbound },
  { account, actor, wanted }: { account: string; actor: AuditActor; wanted: NewDestination },
): Promise<{ id: string; signingSecret: string | null }> {
  const { name, target, from, client, reason = '' } = wanted;
  if (outbound.refusesLiteral(hostOf(target))) throw new Refusal('audit.destination-refused');
  const id = randomUUID();
  const signingSecret = target.kind === 'webhook' ? `samtal_${randomBytes(32).toString('base64url')}` : null;
  const secret = {
    ...(signingSecret === null ? {} : { signing: signingSecret }),
    ...(client === undefined ? {} : { client }),
  };
  const values = {
    account_id: account,
    id,
    name,
    kind: target.kind,
    target: JSON.stringify(target),
    secret:
      Object.keys(secret).length === 0 ? null : await sealDestinationSecret(keyring, { account, id }, secret),
    delivered_seq: from === 'beginning' ? 0 : await lastSeq(tx, account),
  };
  await refuseTakenName(async () => await tx.sql.insertInto('audit_destination').values(values).execute());
  const body = configurationOf({ name, active: true, target });
  await version(tx, account, { id, before: null, body, by: actor, note: { reason } });
  await recordAudit(tx, account, {
    action: 'audit.destination-created',
    actor,
    subject: { kind: 'audit-destination', id },
    details: { kind: target.kind, from },
  });
  return { id, signingSecret };
}

/** Renames, pauses or resumes. What is resumed goes on where it was, at once. */
export async function changeDestination(
  tx: Tx,
  {
    account,
    id,
    actor,
    changes,
    note = {},
  }: {
    account: string;
    id: string;
    actor: AuditActor;
    changes: { name?: string; active?: boolean };
    note?: ChangeNote;
  },
): Promise<void> {
  const before = await lockDestination(tx, account, id);
  const fresh =
    changes.active === true
      ? { failures: 0, failing_since: null, failure: null, next_try_at: new Date() }
      : {};
  await refuseTakenName(async () =>
    found(
      await tx.sql
        .updateTable('audit_destination')
        .set({ name: changes.name ?? before.name, active: changes.active ?? before.active, ...fresh })
        .where('account_id', '=', account)
        .where('id', '=', id)
        .returning('id')
        .executeTakeFirst(),
    ),
  );
  const body = configurationOf({ ...before, ...changes });
  await version(tx, account, { id, before: configurationOf(before), body, by: actor, note });
  await recordAudit(tx, account, {
    action: 'audit.destination-changed',
    actor,
    subject: { kind: 'audit-destination', id },
    details: { changed: Object.keys(changes), active: changes.active ?? null },
  });
}

export async function deleteDestination(
  tx: Tx,
  { account, id, actor, note = {} }: { account: string; id: string; actor: AuditActor; note?: ChangeNote },
): Promise<void> {
  const before = configurationOf(await lockDestination(tx, account, id));
  await tx.sql
    .deleteFrom('audit_destination')
    .where('account_id', '=', account)
    .where('id', '=', id)
    .execute();
  await version(tx, account, { id, before, body: null, by: actor, note });
  await recordAudit(tx, account, {
    action: 'audit.destination-deleted',
    actor,
    subject: { kind: 'audit-destination', id },
  });
}

/** The account’s destinations by name, with how far each has come; or the one with this id. */
export async function readDestinations(
  tx: ReadTx,
  account: string,
  id?: string,
): Promise<AuditDestination[]> {
  let query = tx.sql
    .selectFrom('audit_destination')
    .selectAll()
    .select(newestVersion('audit-destination', { account: 'account_id', id: 'id' }).as('version'))
    .where('account_id', '=', account)
    .orderBy((eb) => eb.fn<string>('lower', ['name']));
  if (id !== undefined) query = query.where('id', '=', id);
  const last = await lastSeq(tx, account);
  return (await query.execute()).map((row) => ({
    id: row.id,
    name: row.name,
    // Written by `createDestination`, judged by the contract.
    target: row.target as AuditTarget,
    active: row.active,
    version: row.version,
    behind: Math.max(0, last - row.delivered_seq),
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    failing:
      row.failure === null || row.failing_since === null
        ? null
        : {
            code: row.failure,
            since: row.failing_since.toISOString(),
            attempts: row.failures,
            nextTryAt: row.next_try_at.toISOString(),
          },
  }));
}

/** The host alone: an address may hold a secret of the receiver. */
export function hostOf(target: AuditTarget): string {
  return target.kind === 'webhook' ? new URL(target.url).hostname : target.host;
}

interface Stands {
  readonly name: string;
  readonly active: boolean;
  readonly target: AuditTarget;
}

function configurationOf({ name, active, target }: Stands) {
  return { name, active, kind: target.kind, host: hostOf(target) };
}

async function lockDestination(tx: Tx, account: string, id: string): Promise<Stands> {
  const { name, active, target } = found(
    await tx.sql
      .selectFrom('audit_destination')
      .select(['name', 'active', 'target'])
      .where('account_id', '=', account)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  );
  // Written by `createDestination`, judged by the contract.
  return { name, active, target: target as AuditTarget };
}

/** The platform's own destinations belong to no account, and have no history but the audit trail. */
async function version(
  tx: Tx,
  account: string,
  {
    id,
    ...made
  }: { id: string; before: object | null; body: object | null; by: AuditActor; note: ChangeNote },
): Promise<void> {
  if (account === platformChain) return;
  await recordVersion(tx, account, { kind: 'audit-destination', objectId: id, ...made });
}

async function lastSeq(tx: ReadTx, account: string): Promise<number> {
  const { rows } = await sql<{ seq: number }>`
    select greatest((select max(seq) from audit_entry where account_id = ${account}),
      (select seq from audit_base where account_id = ${account}), 0) as seq`.execute(tx.sql);
  return rows[0]?.seq ?? 0;
}

async function refuseTakenName(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (isUniqueViolation(error, 'audit_destination_name')) throw new Refusal('names.taken');
    throw error;
  }
}
