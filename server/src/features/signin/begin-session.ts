import type { Tx } from '../../platform/database/index.ts';
import type { Device } from './device.ts';
import { holdPerson, makeRoom } from './make-room.ts';
import { startSession, type Voucher } from './sessions.ts';

/** Somebody who has shown who they are, and comes in. */
export interface Arrival {
  readonly device: Device;
  readonly voucher?: Voucher;
  /** The account in whose frame they come in (C10). */
  readonly embeddedIn?: string | null;
  /** By which the browser is known again; null where it came without. */
  readonly browser?: string | null;
  /** Told of sessions that ended for the new one: what stands on them, such as a socket, must go. */
  readonly sessionsEnded: (sessionIds: readonly string[]) => void;
}

/** `person`: removed from their last account just now. */
export type NoSession = { readonly full: 'mobile' | 'sessions' | 'person' };

/** Begins a session where the person’s accounts leave room for one (C6): every way in ends here. In the platform’s scope. */
export async function beginSession(
  tx: Tx,
  userId: string,
  { device, voucher, embeddedIn = null, sessionsEnded }: Arrival,
): Promise<{ sessionId: string; token: string; ended: number } | NoSession> {
  if (!(await holdPerson(tx, userId))) return { full: 'person' };
  const room = await makeRoom(tx, userId, device);
  if ('full' in room) return room;
  const { ended } = room;
  if (ended.length > 0) tx.afterCommit(() => sessionsEnded(ended));
  const begun = await startSession(tx, userId, { device, voucher: voucher ?? null, embeddedIn });
  return { ...begun, ended: ended.length };
}
