import { timingSafeEqual } from 'node:crypto';
import type { Database, ReadTx } from '../database/index.ts';
import { beginning, headMac, linkHash } from './chain.ts';

const pageSize = 5_000;

/** Something in a chain is not as it was written. `seq` is the first entry where it shows. */
export interface AuditFault {
  readonly account: string;
  readonly seq: number;
  readonly fault: 'changed' | 'missing' | 'broken-link' | 'cut' | 'head-forged' | 'head-missing';
}

export interface AuditVerdict {
  readonly accounts: number;
  readonly entries: number;
  /** Recorded, and not sealed yet. */
  readonly unsealed: number;
  readonly faults: readonly AuditFault[];
}

/** Goes through every chain: any entry changed, removed, inserted or put elsewhere shows (H3). */
export async function verifyAudit(database: Database, key: Buffer): Promise<AuditVerdict> {
  return await database.read('platform', async (tx) => {
    const entryAccounts = await tx.sql.selectFrom('audit_entry').select('account_id').distinct().execute();
    const heads = await tx.sql.selectFrom('audit_head').selectAll().execute();
    const accounts = new Set([...entryAccounts, ...heads].map((row) => row.account_id));
    // The first entry of each account is its making. Where not even that is left, the whole chain was removed.
    const faults: AuditFault[] = (await accountsWithoutTrail(tx)).map((account) => ({
      account,
      seq: 1,
      fault: 'missing',
    }));
    let entries = 0;
    for (const account of accounts) {
      const head = heads.find((each) => each.account_id === account) ?? null;
      const chain = await verifyChain(tx, account);
      entries += chain.entries;
      const fault = chain.fault ?? headFault({ account, head, end: chain, key });
      if (fault !== null) faults.push({ account, ...fault });
    }
    const { count } = await tx.sql
      .selectFrom('audit_outbox')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return { accounts: accounts.size, entries, unsealed: count, faults };
  });
}

async function accountsWithoutTrail(tx: ReadTx): Promise<string[]> {
  const rows = await tx.sql
    .selectFrom('account')
    .select('id')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('audit_entry').select('seq').whereRef('audit_entry.account_id', '=', 'account.id')),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('audit_head').select('seq').whereRef('audit_head.account_id', '=', 'account.id')),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('audit_outbox').select('id').whereRef('audit_outbox.account_id', '=', 'account.id'),
        ),
      ),
    )
    .execute();
  return rows.map((row) => row.id);
}

interface ChainEnd {
  readonly entries: number;
  readonly seq: number;
  readonly hash: Buffer;
  readonly fault: Pick<AuditFault, 'seq' | 'fault'> | null;
}

async function verifyChain(tx: ReadTx, account: string): Promise<ChainEnd> {
  let end: ChainEnd = { entries: 0, seq: 0, hash: beginning, fault: null };
  for (;;) {
    const rows = await tx.sql
      .selectFrom('audit_entry')
      .selectAll()
      .where('account_id', '=', account)
      .where('seq', '>', end.seq)
      .orderBy('seq')
      .limit(pageSize)
      .execute();
    for (const row of rows) {
      const fault = linkFault(row, end);
      if (fault !== null)
        return { ...end, fault: { seq: fault === 'missing' ? end.seq + 1 : row.seq, fault } };
      end = { entries: end.entries + 1, seq: row.seq, hash: row.hash, fault: null };
    }
    if (rows.length < pageSize) return end;
  }
}

function linkFault(
  row: { account_id: string; seq: number; at: Date; body: string; previous: Buffer; hash: Buffer },
  end: ChainEnd,
): AuditFault['fault'] | null {
  if (row.seq !== end.seq + 1) return 'missing';
  if (!row.previous.equals(end.hash)) return 'broken-link';
  const { account_id: account, seq, at, previous, body } = row;
  return linkHash({ account, seq, at, previous, body }).equals(row.hash) ? null : 'changed';
}

function headFault({
  account,
  head,
  end,
  key,
}: {
  account: string;
  head: { seq: number; hash: Buffer; mac: Buffer } | null;
  end: ChainEnd;
  key: Buffer;
}): Pick<AuditFault, 'seq' | 'fault'> | null {
  if (head === null) return { seq: 1, fault: 'head-missing' };
  const mac = headMac(key, account, head.seq, head.hash);
  if (mac.length !== head.mac.length || !timingSafeEqual(mac, head.mac))
    return { seq: head.seq, fault: 'head-forged' };
  if (end.seq < head.seq) return { seq: end.seq + 1, fault: 'cut' };
  return end.seq === head.seq && end.hash.equals(head.hash)
    ? null
    : { seq: head.seq + 1, fault: 'head-forged' };
}
