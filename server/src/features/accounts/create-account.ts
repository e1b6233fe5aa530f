import { randomUUID } from 'node:crypto';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion } from '../../platform/history/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { createBuiltInRoles } from '../access/index.ts';

export interface NewAccount {
  readonly id?: string;
  readonly name: string;
  /** A suspended account is there, but nobody can do anything in it. */
  readonly status?: 'active' | 'suspended';
  readonly actor: AuditActor;
}

/** Makes an account with its key and its built-in roles, and returns its id. In the platform’s scope. */
export async function createAccount(
  tx: Tx,
  keyring: Keyring,
  { id = randomUUID(), name, status = 'active', actor }: NewAccount,
): Promise<string> {
  // The key first: a key without an account does no harm, an account without a key could not keep anything.
  await keyring.createAccount(id);
  await tx.sql.insertInto('account').values({ id, name, status }).execute();
  await createBuiltInRoles(tx, id);
  await recordVersion(tx, id, { kind: 'account', objectId: id, before: null, body: { name }, by: actor });
  await recordAudit(tx, id, { action: 'accounts.created', actor, subject: { kind: 'account', id } });
  return id;
}
