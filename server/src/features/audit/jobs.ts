import {
  verifyAudit,
  verifyTrail,
  type AuditVerdict,
  type ChainVerdict,
  type VerifyingKeys,
} from '../../platform/audit/index.ts';
import type { Database, Tx } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Log } from '../../platform/log/index.ts';

/** The audit trail is verified every night, not only when somebody asks (H3). */
export function auditJobs({
  database,
  keyring,
  checkpointDirectory,
  log,
}: {
  database: Database;
  keyring: Keyring;
  checkpointDirectory: string;
  log: Log;
}): ScheduledJob[] {
  return [
    {
      name: 'audit.verify',
      cron: '17 2 * * *',
      run: async () => {
        const verdict = await verifyAndRemember(
          database,
          await verifyingKeys({ keyring, checkpointDirectory }),
        );
        for (const { account, seq, fault } of verdict.faults)
          log.error('audit-fault', { accountId: account, code: `${fault}-${seq}` });
        for (const { number, fault } of verdict.checkpointFaults)
          log.error('audit-fault', { code: `${fault}-${number}` });
      },
    },
  ];
}

export async function verifyingKeys({
  keyring,
  checkpointDirectory,
}: {
  keyring: Keyring;
  checkpointDirectory: string;
}): Promise<VerifyingKeys> {
  const { publicKey } = await keyring.signingKey();
  return { head: keyring.purposeKey('audit'), publicKey, directory: checkpointDirectory };
}

/** Verifies every chain, and keeps what came of it for each account’s readers to see. */
export async function verifyAndRemember(database: Database, keys: VerifyingKeys): Promise<AuditVerdict> {
  const verdict = await verifyAudit(database, keys);
  await database.transaction('platform', async (tx) => await remember(tx, verdict));
  return verdict;
}

/** The same for one account. */
export async function verifyAndRememberTrail(
  database: Database,
  keys: VerifyingKeys,
  account: string,
): Promise<ChainVerdict> {
  const chain = await verifyTrail(database, keys, account);
  await database.transaction('platform', async (tx) => await remember(tx, { chains: [chain] }));
  return chain;
}

async function remember(tx: Tx, { chains }: Pick<AuditVerdict, 'chains'>): Promise<void> {
  for (const { account, entries, checkpoints, fault } of chains) {
    const found = {
      at: new Date(),
      entries,
      checkpoints,
      fault: fault?.fault ?? null,
      fault_seq: fault?.seq ?? null,
    };
    await tx.sql
      .insertInto('audit_verification')
      .values({ account_id: account, ...found })
      .onConflict((conflict) => conflict.column('account_id').doUpdateSet(found))
      .execute();
  }
}
