import { createHmac, randomBytes } from 'node:crypto';
import type { ReadTx, Statement, Tx } from '../../platform/database/index.ts';
import {
  checkCommitment,
  deriveKey,
  KeyringError,
  seal,
  unseal,
  type Keyring,
  type SealingKey,
} from '../../platform/keys/index.ts';
import { normalAddress } from './normal-address.ts';

const prefix = 'activity-';
const dayName = /^activity-\d{4}-\d\d-\d\d$/;

interface SessionRow {
  readonly visitor_id: string;
  readonly wrapped: Buffer;
  readonly commitment: Buffer;
}

const insertSessions: Statement = {
  name: 'activity-log-insert-sessions',
  text: `
    insert into activity_session (account_id, day, visitor_id, wrapped, commitment)
    select $1, $2, visitor_id, wrapped, commitment
    from unnest($3::uuid[], $4::bytea[], $5::bytea[]) as made (visitor_id, wrapped, commitment)
    order by visitor_id
    on conflict do nothing`,
};
const readSessions: Statement = {
  name: 'activity-log-read-sessions',
  text: `
    select visitor_id, wrapped, commitment from activity_session
    where account_id = $1 and day = $2 and visitor_id = any($3::uuid[])`,
};

/** The keys of one day of an account: in the keyring under the name `activity-<day>`. */
export class DayKeys {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  async make(account: string, day: string): Promise<void> {
    await this.#keyring.createNamed(account, prefix + day);
  }

  /** The days that can be read, oldest first. */
  async days(account: string): Promise<string[]> {
    return (await this.#keyring.namedKeys(account))
      .filter((name) => dayName.test(name))
      .map((name) => name.slice(prefix.length));
  }

  /** Makes a day unreadable for good, in backups as well. Does nothing where that was done. */
  async destroy(account: string, day: string): Promise<void> {
    await this.#keyring.destroyNamed(account, prefix + day);
  }

  /** Makes what an address is found by on this day. */
  async indexOf(account: string, day: string): Promise<(address: string) => Buffer> {
    const key = await this.#keyring.namedPurposeKey(account, prefix + day, 'address-index');
    return (address) =>
      createHmac('sha256', key)
        .update(normalAddress(address) ?? address)
        .digest();
  }

  /** The keys of these sessions on this day; those that have none yet get one. */
  async makeSessions(
    tx: Tx,
    account: string,
    { day, visitorIds }: { day: string; visitorIds: readonly string[] },
  ): Promise<Map<string, SealingKey>> {
    const known = await this.sessions(tx, account, { day, visitorIds });
    const missing = visitorIds.filter((id) => !known.has(id));
    if (missing.length === 0) return known;
    const wrapping = await this.#keyring.namedKey(account, prefix + day);
    const made = missing.map((visitorId) => {
      const raw = randomBytes(32);
      const { commitment } = deriveKey(raw, 1);
      const wrapped = seal(wrapping, keyPlace(account, day, visitorId), raw);
      raw.fill(0);
      return { visitorId, wrapped, commitment };
    });
    await tx.run(insertSessions, [
      account,
      day,
      made.map((each) => each.visitorId),
      made.map((each) => each.wrapped),
      made.map((each) => each.commitment),
    ]);
    // Another node may have been first: what is stored counts.
    return await this.sessions(tx, account, { day, visitorIds });
  }

  /** The keys of these sessions on this day. Those that were erased have none, and none has one when the day's is gone. */
  async sessions(
    tx: ReadTx,
    account: string,
    { day, visitorIds }: { day: string; visitorIds: readonly string[] },
  ): Promise<Map<string, SealingKey>> {
    const rows = await tx.run<SessionRow>(readSessions, [account, day, visitorIds]);
    const keys = new Map<string, SealingKey>();
    if (rows.length === 0) return keys;
    const wrapping = await this.#dayKey(account, day);
    if (wrapping === null) return keys;
    for (const { visitor_id, wrapped, commitment } of rows) {
      const raw = unseal(wrapping, keyPlace(account, day, visitor_id), wrapped);
      const key = deriveKey(raw, 1);
      raw.fill(0);
      checkCommitment(key, commitment);
      keys.set(visitor_id, key);
    }
    return keys;
  }

  /** Null once it was destroyed. */
  async #dayKey(account: string, day: string): Promise<SealingKey | null> {
    try {
      return await this.#keyring.namedKey(account, prefix + day);
    } catch (error) {
      if (error instanceof KeyringError && !(await this.days(account)).includes(day)) return null;
      throw error;
    }
  }
}

function keyPlace(account: string, day: string, visitorId: string) {
  return { account, object: `activity-${day}`, record: visitorId, field: 'key' };
}
