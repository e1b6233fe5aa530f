import { createHash } from 'node:crypto';
import type { AccountRule } from '@samtal/contract/masking';
import { recordAudit } from '../../platform/audit/index.ts';
import type { ReadTx, Tx } from '../../platform/database/index.ts';

const strikesAllowed = 3;

/** A rule is told by its pattern: one that is changed begins anew. */
function digestOf({ id, pattern, ignoreCase }: AccountRule): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([id, pattern, ignoreCase]))
    .digest();
}

/** Says of a rule whether it has been too slow too often to be used. */
export async function readDisabledRules(
  tx: ReadTx,
  account: string,
): Promise<(rule: AccountRule) => boolean> {
  const rows = await tx.sql
    .selectFrom('masking_strike')
    .select('rule_digest')
    .where('account_id', '=', account)
    .where('strikes', '>=', strikesAllowed)
    .execute();
  const digests = new Set(rows.map(({ rule_digest }) => rule_digest.toString('base64')));
  return (rule) => digests.has(digestOf(rule).toString('base64'));
}

/** Counts that these rules were too slow; audits those that are now disabled. Whether any is. */
export async function addStrikes(tx: Tx, account: string, rules: readonly AccountRule[]): Promise<boolean> {
  let disabled = false;
  for (const rule of rules) {
    const { strikes } = await tx.sql
      .insertInto('masking_strike')
      .values({ account_id: account, rule_digest: digestOf(rule), strikes: 1 })
      .onConflict((conflict) =>
        conflict
          .columns(['account_id', 'rule_digest'])
          .doUpdateSet((eb) => ({ strikes: eb('masking_strike.strikes', '+', 1) })),
      )
      .returning('strikes')
      .executeTakeFirstOrThrow();
    if (strikes !== strikesAllowed) continue;
    disabled = true;
    await recordAudit(tx, account, {
      action: 'masking.rule-disabled',
      actor: { kind: 'system' },
      subject: { kind: 'rule', id: rule.id },
      details: { strikes },
    });
  }
  return disabled;
}
