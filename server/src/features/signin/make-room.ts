import type { Tx } from '../../platform/database/index.ts';
import { readConnectionRules } from '../settings/index.ts';
import type { Device } from './device.ts';
import { alive } from './sessions.ts';

/** Sessions that ended for a new one; or why there is no place for it. */
export type Room = { readonly ended: readonly string[] } | { readonly full: 'mobile' | 'sessions' };

/**
 * Makes room for one more session of a person, as far as their accounts limit those (C6). In the transaction that begins it:
 * whoever signs in as the same person waits here for its end, so that twenty at once are one after the other.
 * In the platform’s scope.
 */
export async function makeRoom(tx: Tx, userId: string, { device }: Pick<Device, 'device'>): Promise<Room> {
  const { mobileBlocked, oneOfEach, refuses } = await readConnectionRules(tx, userId);
  if (mobileBlocked && device === 'mobile') return { full: 'mobile' };
  if (!oneOfEach) return { ended: [] };
  const living = await tx.sql
    .selectFrom('session')
    .select('id')
    .where('user_id', '=', userId)
    .where('device', '=', device)
    .where(alive)
    .execute();
  if (living.length === 0) return { ended: [] };
  if (refuses) return { full: 'sessions' };
  const ended = living.map(({ id }) => id);
  await tx.sql.deleteFrom('session').where('id', 'in', ended).execute();
  return { ended };
}

/** Holds a person until the transaction ends; false when there is none any more. */
export async function holdPerson(tx: Tx, userId: string): Promise<boolean> {
  const person = await tx.sql
    .selectFrom('identity')
    .select('id')
    .where('id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return person !== undefined;
}
