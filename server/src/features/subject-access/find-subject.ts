import type { Scope } from '@samtal/contract/access';
import type { Subject } from '@samtal/contract/subject-access';
import type { ReadTx } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { findConversations, type ConversationRow } from '../conversations/index.ts';
import { findConversationsByAttribute } from '../visitors/index.ts';

/** The conversations within the scopes that a subject's data is in, oldest first. Refuses with visitors.attribute-not-indexed. */
export async function findSubject(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  { subject, scopes }: { subject: Subject; scopes: readonly Scope[] },
): Promise<ConversationRow[]> {
  const criteria =
    subject.kind === 'case'
      ? { caseId: subject.caseId }
      : { among: await findConversationsByAttribute(tx, keyring, account, subject) };
  const rows: ConversationRow[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof findConversations>> = await findConversations(tx, account, scopes, {
      ...criteria,
      limit: 500,
      ...(cursor === null ? {} : { cursor }),
    });
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor !== null);
  return rows.toReversed();
}
