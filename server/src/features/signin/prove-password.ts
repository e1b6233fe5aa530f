import type { Database, Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Failures } from './failures.ts';
import type { Passwords } from './passwords.ts';
import { readIdentityByEmail, type Identity } from './queries.ts';

export interface Attempt {
  readonly email: string;
  readonly password: string;
  /** Where it comes from. */
  readonly address: string;
}

export type Proof =
  | { readonly right: true; readonly identity: Identity }
  | {
      readonly right: false;
      readonly identity: Identity | null;
      readonly reason: 'unknown' | 'wrong' | 'locked';
    };

export interface PasswordDoor {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly failures: Failures;
}

/**
 * Whether somebody knows the password of the person with this address. Every way in goes through here and shares the
 * counters. Takes the same time whatever the outcome; refuses only when the network guesses too much.
 */
export async function provePassword(door: PasswordDoor, attempt: Attempt): Promise<Proof> {
  const { database, passwords } = door;
  passwords.refuseWhenBusy();
  const isLocked = await database.transaction('platform', (tx) => count(tx, door.failures, attempt));
  const identity = await database.read('platform', (tx) => readIdentityByEmail(tx, attempt.email));
  const isRight = await passwords.verify(attempt.password, identity?.passwordHash ?? null);
  if (isLocked) return { right: false, identity, reason: 'locked' };
  if (isRight && identity !== null) return { right: true, identity };
  return { right: false, identity, reason: identity === null ? 'unknown' : 'wrong' };
}

/** In the transaction of what a right password led to: the person’s failures are over, the network’s remain. */
export async function forgiveAttempt(tx: Tx, failures: Failures, { email, address }: Attempt): Promise<void> {
  await failures.uncount(tx, failures.ofNetwork(address));
  await failures.forget(tx, failures.ofEmail(email));
}

async function count(tx: Tx, failures: Failures, { email, address }: Attempt): Promise<boolean> {
  await countNetwork(tx, failures, address);
  return (await failures.count(tx, failures.ofEmail(email))) > 0;
}

/** Counts something that could be a guess from this network; refuses when there were too many. */
export async function countNetwork(tx: Tx, failures: Failures, address: string): Promise<void> {
  const waitS = await failures.count(tx, failures.ofNetwork(address));
  if (waitS > 0) throw new Refusal('request.rate-limited', { retryAfterS: waitS });
}
