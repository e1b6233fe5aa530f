import type { Database, ReadTx } from '../database/index.ts';
import { isSigned } from '../keys/index.ts';
import { AnchorReader, type Anchor, type CheckpointFault } from './anchors.ts';
import { beginning, isHead, linkHash } from './chain.ts';
import { baseBytes } from './statement.ts';

const pageSize = 5_000;

/** Something in a chain is not as it was written. `seq` is the first entry where it shows. */
export interface AuditFault {
  readonly account: string;
  readonly seq: number;
  readonly fault:
    | 'changed'
    | 'missing'
    | 'broken-link'
    | 'cut'
    | 'rewritten'
    | 'head-forged'
    | 'head-missing'
    | 'base-forged';
}

/** One chain, as far as it was looked at. */
export interface ChainVerdict {
  readonly account: string;
  readonly entries: number;
  /** How many of its entries a checkpoint vouches for itself; those before them follow. */
  readonly checkpoints: number;
  readonly fault: Pick<AuditFault, 'seq' | 'fault'> | null;
}

export interface AuditVerdict {
  readonly accounts: number;
  readonly entries: number;
  /** Recorded, and not sealed yet. */
  readonly unsealed: number;
  readonly checkpoints: number;
  readonly faults: readonly AuditFault[];
  readonly checkpointFaults: readonly CheckpointFault[];
  readonly chains: readonly ChainVerdict[];
}

/** What a verifier has that the database does not. */
export interface VerifyingKeys {
  /** Under which the ends of chains are sealed. */
  readonly head: Buffer;
  /** With which checkpoints and bases are checked (PEM). */
  readonly publicKey: string;
  /** Where checkpoints are kept outside the database; null when there is no such place. */
  readonly directory: string | null;
}

/**
 * Goes through every chain (H3): any entry changed, removed, inserted or put elsewhere shows, and so does a chain that was
 * put back to an older state or written anew, as far as checkpoints speak of it.
 */
export async function verifyAudit(database: Database, keys: VerifyingKeys): Promise<AuditVerdict> {
  const reader = new AnchorReader(keys.publicKey);
  if (keys.directory !== null) await reader.readFiles(keys.directory);
  return await database.read('platform', async (tx) => {
    const anchors = await reader.readDatabase(tx);
    const entryAccounts = await tx.sql.selectFrom('audit_entry').select('account_id').distinct().execute();
    const heads = await tx.sql.selectFrom('audit_head').select('account_id').execute();
    const known = [...entryAccounts, ...heads].map((row) => row.account_id);
    // The first entry of each account is its making. Where not even that is left, the whole chain was removed.
    const accounts = new Set([...known, ...(await accountsWithoutTrail(tx)), ...anchors.of.keys()]);
    const chains: ChainVerdict[] = [];
    for (const account of accounts)
      chains.push(await verifyChain(tx, account, { keys, anchors: anchors.of.get(account) ?? new Map() }));
    const { count } = await tx.sql
      .selectFrom('audit_outbox')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return {
      accounts: new Set(known).size,
      entries: chains.reduce((sum, { entries }) => sum + entries, 0),
      unsealed: count,
      checkpoints: anchors.checkpoints,
      faults: chains.flatMap(({ account, fault }) => (fault === null ? [] : [{ account, ...fault }])),
      checkpointFaults: anchors.faults,
      chains,
    };
  });
}

/** Goes through the chain of one account in the same way. */
export async function verifyTrail(
  database: Database,
  keys: VerifyingKeys,
  account: string,
): Promise<ChainVerdict> {
  const reader = new AnchorReader(keys.publicKey);
  if (keys.directory !== null) await reader.readFiles(keys.directory);
  return await database.read('platform', async (tx) => {
    const anchors = await reader.readDatabase(tx);
    return await verifyChain(tx, account, { keys, anchors: anchors.of.get(account) ?? new Map() });
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

async function verifyChain(
  tx: ReadTx,
  account: string,
  { keys, anchors }: { keys: VerifyingKeys; anchors: ReadonlyMap<number, Anchor> },
): Promise<ChainVerdict> {
  const base = await tx.sql
    .selectFrom('audit_base')
    .selectAll()
    .where('account_id', '=', account)
    .executeTakeFirst();
  const start = { seq: base?.seq ?? 0, hash: base?.hash ?? beginning };
  const begun = { entries: 0, anchored: 0, trusted: start.seq, ...start };
  const verdict = (end: ChainEnd, fault: ChainVerdict['fault']): ChainVerdict => ({
    account,
    entries: end.entries,
    checkpoints: end.anchored,
    fault,
  });
  if (base !== undefined) {
    const { seq, hash, at, signature } = base;
    const isOurs = isSigned(keys.publicKey, baseBytes({ account, seq, hash, at }), signature);
    if (!isOurs || anchors.get(seq)?.hash.equals(hash) === false)
      return verdict(begun, { seq, fault: 'base-forged' });
  }
  const { end, fault } = await walk(tx, { account, anchors, begun });
  return verdict(end, fault ?? (await endFault(tx, { account, anchors, end, key: keys.head })));
}

interface ChainEnd {
  readonly entries: number;
  readonly seq: number;
  readonly hash: Buffer;
  /** How many entries a checkpoint named, and up to which one all is vouched for. */
  readonly anchored: number;
  readonly trusted: number;
}

async function walk(
  tx: ReadTx,
  { account, anchors, begun }: { account: string; anchors: ReadonlyMap<number, Anchor>; begun: ChainEnd },
): Promise<{ end: ChainEnd; fault: ChainVerdict['fault'] }> {
  let end = begun;
  for (;;) {
    const rows = await tx.sql
      .selectFrom('audit_entry')
      .select(['account_id', 'seq', 'at', 'body', 'previous', 'hash'])
      .where('account_id', '=', account)
      .where('seq', '>', end.seq)
      .orderBy('seq')
      .limit(pageSize)
      .execute();
    for (const row of rows) {
      const fault = linkFault(row, end);
      if (fault !== null) return { end, fault: { seq: fault === 'missing' ? end.seq + 1 : row.seq, fault } };
      const anchor = anchors.get(row.seq);
      // Linked well, and yet another chain: from after the last entry that a checkpoint knows, it may be invented.
      if (anchor?.hash.equals(row.hash) === false)
        return { end, fault: { seq: end.trusted + 1, fault: 'rewritten' } };
      end = {
        entries: end.entries + 1,
        seq: row.seq,
        hash: row.hash,
        anchored: end.anchored + (anchor === undefined ? 0 : 1),
        trusted: anchor === undefined ? end.trusted : row.seq,
      };
    }
    if (rows.length < pageSize) return { end, fault: null };
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

async function endFault(
  tx: ReadTx,
  {
    account,
    anchors,
    end,
    key,
  }: { account: string; anchors: ReadonlyMap<number, Anchor>; end: ChainEnd; key: Buffer },
): Promise<ChainVerdict['fault']> {
  const head = await tx.sql
    .selectFrom('audit_head')
    .selectAll()
    .where('account_id', '=', account)
    .executeTakeFirst();
  if (head === undefined && end.seq === 0) return { seq: 1, fault: 'missing' };
  if (end.seq < Math.max(0, ...anchors.keys())) return { seq: end.seq + 1, fault: 'cut' };
  if (head === undefined) return { seq: 1, fault: 'head-missing' };
  if (!isHead(key, { ...head, account })) return { seq: head.seq, fault: 'head-forged' };
  if (end.seq < head.seq) return { seq: end.seq + 1, fault: 'cut' };
  return end.seq === head.seq && end.hash.equals(head.hash)
    ? null
    : { seq: head.seq + 1, fault: 'head-forged' };
}
