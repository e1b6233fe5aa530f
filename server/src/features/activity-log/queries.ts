import type { ReadTx, Statement, Tx } from '../../platform/database/index.ts';
import { seal, unseal, type SealingKey } from '../../platform/keys/index.ts';
import type { ActivityEntry } from './activity.ts';
import type { DayKeys } from './activity-keys.ts';

interface EntryRow {
  readonly visitor_id: string;
  readonly id: string;
  readonly body: Buffer;
}

const insertEntries: Statement = {
  name: 'activity-log-insert-entries',
  text: `
    insert into activity_entry (account_id, day, visitor_id, id, address_index, body)
    select $1, $2, visitor_id, id, address_index, body
    from unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::bytea[]) as entry (visitor_id, id, address_index, body)`,
};

/** Seals and writes the entries of one day. */
export async function insertDay(
  tx: Tx,
  keys: DayKeys,
  account: string,
  { day, entries }: { day: string; entries: readonly ActivityEntry[] },
): Promise<void> {
  const visitorIds = [...new Set(entries.map((entry) => entry.visitorId))];
  const sessions = await keys.makeSessions(tx, account, { day, visitorIds });
  const indexOf = await keys.indexOf(account, day);
  const rows = entries.flatMap((entry) => {
    const key = sessions.get(entry.visitorId);
    // The session was erased at this very moment.
    if (key === undefined) return [];
    return [{ id: entry.id, entry, body: sealed(key, account, { day, entry }) }];
  });
  await tx.run(insertEntries, [
    account,
    day,
    rows.map(({ entry }) => entry.visitorId),
    rows.map(({ id }) => id),
    rows.map(({ entry }) => indexOf(entry.address)),
    rows.map(({ body }) => body),
  ]);
}

const readByVisitor: Statement = {
  name: 'activity-log-read-by-visitor',
  text: `
    select visitor_id, id, body from activity_entry
    where account_id = $1 and day = $2 and visitor_id = any($3::uuid[])`,
};
const readByAddress: Statement = {
  name: 'activity-log-read-by-address',
  text: `
    select visitor_id, id, body from activity_entry where account_id = $1 and day = $2 and address_index = $3`,
};
const readByAddressAndVisitors: Statement = {
  name: 'activity-log-read-by-address-and-visitors',
  text: `
    select visitor_id, id, body from activity_entry
    where account_id = $1 and day = $2 and address_index = $3 and visitor_id = any($4::uuid[])`,
};
const readByDay: Statement = {
  name: 'activity-log-read-by-day',
  text: 'select visitor_id, id, body from activity_entry where account_id = $1 and day = $2 limit 100000',
};

/** Which entries: of a visitor session, from an address (in some visitor sessions), or all. */
export type Wanted =
  | { readonly visitorId: string }
  | { readonly address: string; readonly visitorIds?: readonly string[] }
  | 'everything';

/** What can be read of these days, in the order in which it happened. */
export async function readDays(
  tx: ReadTx,
  keys: DayKeys,
  account: string,
  { days, wanted }: { days: readonly string[]; wanted: Wanted },
): Promise<ActivityEntry[]> {
  const entries: ActivityEntry[] = [];
  for (const day of days) {
    const rows = await readRows(tx, keys, account, { day, wanted });
    const visitorIds = [...new Set(rows.map((row) => row.visitor_id))];
    const sessions = await keys.sessions(tx, account, { day, visitorIds });
    for (const row of rows) {
      const key = sessions.get(row.visitor_id);
      if (key !== undefined) entries.push(unsealed(key, account, { day, row }));
    }
  }
  return entries.toSorted((one, other) => one.at.getTime() - other.at.getTime());
}

async function readRows(
  tx: ReadTx,
  keys: DayKeys,
  account: string,
  { day, wanted }: { day: string; wanted: Wanted },
): Promise<EntryRow[]> {
  if (wanted === 'everything') return await tx.run<EntryRow>(readByDay, [account, day]);
  if ('visitorId' in wanted) return await tx.run<EntryRow>(readByVisitor, [account, day, [wanted.visitorId]]);
  const index = (await keys.indexOf(account, day))(wanted.address);
  if (wanted.visitorIds === undefined) return await tx.run<EntryRow>(readByAddress, [account, day, index]);
  return await tx.run<EntryRow>(readByAddressAndVisitors, [account, day, index, wanted.visitorIds]);
}

function sealed(
  key: SealingKey,
  account: string,
  { day, entry }: { day: string; entry: ActivityEntry },
): Buffer {
  const { id, visitorId, at, ...said } = entry;
  const plain = Buffer.from(JSON.stringify({ ...said, at: at.toISOString() }));
  return seal(key, entryPlace(account, day, { visitorId, id }), plain);
}

function unsealed(
  key: SealingKey,
  account: string,
  { day, row }: { day: string; row: EntryRow },
): ActivityEntry {
  const place = entryPlace(account, day, { visitorId: row.visitor_id, id: row.id });
  // Written by `sealed`, and not changed since: that is what opening it has shown.
  const said = JSON.parse(unseal(key, place, row.body).toString()) as Omit<
    ActivityEntry,
    'id' | 'visitorId' | 'at'
  > & {
    at: string;
  };
  return { ...said, id: row.id, visitorId: row.visitor_id, at: new Date(said.at) };
}

function entryPlace(account: string, day: string, { visitorId, id }: { visitorId: string; id: string }) {
  return { account, object: `activity-${day}/${visitorId}`, record: id, field: 'entry' };
}
