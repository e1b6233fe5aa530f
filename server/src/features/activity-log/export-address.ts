import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx, Statement, Tx } from '../../platform/database/index.ts';
import { Refusal, type MemberActor } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { ActivityEntry } from './activity.ts';
import { DayKeys } from './activity-keys.ts';
import { normalAddress } from './normal-address.ts';
import { readDays } from './queries.ts';
import { keptDaysOf } from './read-activity.ts';
import { recordReading } from './record-reading.ts';

/** What is in memory at once. */
const sessionsTogether = 500;

/** An address on some days, in UTC; null: as far as the log goes. */
export interface AddressOnDays {
  readonly address: string;
  readonly since: string | null;
  readonly until: string | null;
}

const countLines: Statement = {
  name: 'activity-log-count-lines',
  text: `
    select count(*)::int as lines from activity_entry
    where account_id = $1 and day = $2 and address_index = $3`,
};
const readSessionsFrom: Statement = {
  name: 'activity-log-read-sessions-from',
  text: `
    select distinct visitor_id from activity_entry
    where account_id = $1 and day = $2 and address_index = $3 and visitor_id > $4
    order by visitor_id limit ${sessionsTogether}`,
};

/**
 * Writes down that somebody takes out what the log says of an address, for the person who had it (G8), and why; also when
 * that is nothing. Answers with the address as the log writes it and how many lines there are. Refuses with
 * request.invalid what is no address.
 */
export async function recordAddressExport(
  tx: Tx,
  keyring: Keyring,
  account: string,
  { of, reason, by }: { of: AddressOnDays; reason: string; by: MemberActor },
): Promise<{ of: AddressOnDays; lines: number }> {
  const address = normalAddress(of.address);
  if (address === null)
    throw new Refusal('request.invalid', {
      fields: [{ pointer: '/body/address', problem: 'is not an IP address' }],
    });
  const keys = new DayKeys(keyring);
  let lines = 0;
  for (const day of await daysOf(tx, keys, account, of)) {
    const indexOf = await keys.indexOf(account, day);
    const [row] = await tx.run<{ lines: number }>(countLines, [account, day, indexOf(address)]);
    lines += row?.lines ?? 0;
  }
  await recordReading(tx, keyring, account, { readBy: by.id, conversation: null, reason, found: lines });
  await recordAudit(tx, account, {
    action: 'activity-log.address-exported',
    actor: by,
    subject: { kind: 'account', id: account },
    details: { reasonGiven: true, found: lines },
  });
  return { of: { ...of, address }, lines };
}

/**
 * The lines of an address, and of no other: day by day, as long as the log has them. In their order, but that more than
 * 500 visitor sessions of a day follow each other.
 */
export async function* linesOfAddress(
  { database, keyring }: { database: Database; keyring: Keyring },
  account: string,
  of: AddressOnDays,
): AsyncGenerator<ActivityEntry> {
  const keys = new DayKeys(keyring);
  for (const day of await database.read(account, async (tx) => await daysOf(tx, keys, account, of))) {
    let after: string | null = firstId;
    while (after !== null) {
      const from: string = after;
      const { entries, last } = await database.read(account, async (tx) => {
        // Its key may have gone since.
        if (!(await keys.days(account)).includes(day)) return { entries: [], last: null };
        const index = (await keys.indexOf(account, day))(of.address);
        const rows = await tx.run<{ visitor_id: string }>(readSessionsFrom, [account, day, index, from]);
        const visitorIds = rows.map((row) => row.visitor_id);
        const wanted = { address: of.address, visitorIds };
        return {
          entries: await readDays(tx, keys, account, { days: [day], wanted }),
          last: rows.length < sessionsTogether ? null : (visitorIds.at(-1) ?? null),
        };
      });
      yield* entries;
      after = last;
    }
  }
}

const firstId = '00000000-0000-0000-0000-000000000000';

async function daysOf(
  tx: ReadTx,
  keys: DayKeys,
  account: string,
  { since, until }: AddressOnDays,
): Promise<string[]> {
  const days = await keptDaysOf(tx, keys, account);
  return days.filter((day) => (since === null || day >= since) && (until === null || day <= until));
}
