import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { deliver, type DeliveryParts } from './deliver.ts';
import { failureCode } from './delivery-error.ts';

/**
 * Sends a batch without entries to a destination, paused or not, in the way of every other. Answers with what it met with,
 * null when it arrived. Where the trail stands does not change. Refuses with not-found.
 */
export async function testDestination(
  database: Database,
  parts: DeliveryParts,
  { account, id, actor }: { account: string; id: string; actor: AuditActor },
): Promise<string | null> {
  const destination = found(
    await database.read(
      account,
      async (tx) =>
        await tx.sql
          .selectFrom('audit_destination')
          .select(['account_id', 'id', 'target', 'secret'])
          .where('account_id', '=', account)
          .where('id', '=', id)
          .executeTakeFirst(),
    ),
  );
  const failure = await deliver(parts, destination, {
    account,
    entries: [],
    checkpoint: null,
    seq: 0,
    testedAt: new Date(),
  }).then(() => null, failureCode);
  await database.transaction(account, async (tx) => {
    await recordAudit(tx, account, {
      action: 'audit.destination-tested',
      actor,
      subject: { kind: 'audit-destination', id },
      details: { failure },
    });
  });
  return failure;
}
