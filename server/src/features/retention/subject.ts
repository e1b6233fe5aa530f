import type { Subject } from '@samtal/contract/retention';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { countSessionsFrom, normalAddress } from '../activity-log/index.ts';
import { normalCaseId, isHeld } from '../conversations/index.ts';
import { findConversationsByAttribute } from '../visitors/index.ts';

/** What a subject stands for at this moment: conversations, or an address as the activity log writes it. */
export interface Resolved {
  readonly conversationIds: readonly string[];
  readonly address: string | null;
}

/** Refuses with not-found, request.invalid and visitors.attribute-not-indexed. */
export async function resolveSubject(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  subject: Subject,
): Promise<Resolved> {
  switch (subject.kind) {
    case 'case': {
      const conversation = await tx.sql
        .selectFrom('conversation')
        .select('id')
        .where('account_id', '=', account)
        .where('case_id', '=', normalCaseId(subject.caseId))
        .executeTakeFirst();
      return { conversationIds: [found(conversation).id], address: null };
    }
    case 'attribute': {
      const { attribute: key, value } = subject;
      const conversationIds = await findConversationsByAttribute(tx, keyring, account, { key, value });
      return { conversationIds, address: null };
    }
    case 'address': {
      const address = normalAddress(subject.address);
      if (address === null)
        throw new Refusal('request.invalid', {
          fields: [{ pointer: '/body/subject/address', problem: 'is not an IP address' }],
        });
      return { conversationIds: [], address };
    }
  }
}

export interface SubjectExtent {
  readonly conversations: number;
  readonly entries: number;
  readonly held: number;
  readonly open: number;
  readonly logLines: number;
  readonly oldest: Date | null;
  readonly newest: Date | null;
}

/** How much there is of it. */
export async function measureSubject(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  { conversationIds, address }: Resolved,
): Promise<SubjectExtent> {
  const { rows } = await sql<Omit<SubjectExtent, 'logLines'>>`
    select count(*) as conversations, count(*) filter (where ${isHeld}) as held,
      count(*) filter (where state <> 'resolved') as open,
      min(started_at) as oldest, max(coalesce(resolved_at, started_at)) as newest,
      coalesce(sum((select count(*) from entry
        where entry.account_id = conversation.account_id and entry.conversation_id = conversation.id)), 0)::bigint as entries
    from conversation where account_id = ${account} and id = any(${[...conversationIds]}::uuid[])`.execute(
    tx.sql,
  );
  const logLines = address === null ? 0 : await countSessionsFrom(tx, keyring, account, address);
  const none = { conversations: 0, entries: 0, held: 0, open: 0, oldest: null, newest: null };
  return { ...(rows[0] ?? none), logLines };
}
