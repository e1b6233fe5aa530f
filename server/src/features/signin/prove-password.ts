import type { Database, Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Failures, Subject } from './failures.ts';
import { isKnownTo } from './known-devices.ts';
import type { Passwords } from './passwords.ts';
import { readIdentityByEmail, type Identity } from './queries.ts';

export interface Attempt {
  readonly email: string;
  readonly password: string;
  /** Where it comes from. */
  readonly address: string;
  /** The token of the browser, where it has one. */
  readonly browser?: string | null;
}

export type Proof =
  | {
      readonly right: true;
      readonly identity: Identity;
      /** Whom the attempt was counted for: the person, or the person at a browser of theirs. */
      readonly counted: Subject;
    }
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
  const { isLocked, counted, identity } = await database.transaction('platform', (tx) =>
    count(tx, door.failures, attempt),
  );
  const isRight = await passwords.verify(attempt.password, identity?.passwordHash ?? null);
  if (isLocked) return { right: false, identity, reason: 'locked' };
  if (isRight && identity !== null) return { right: true, identity, counted };
  return { right: false, identity, reason: identity === null ? 'unknown' : 'wrong' };
}

/**
 * In the transaction of what a right password led to: the person’s failures are over, the network’s remain. What was guessed elsewhere
 * goes on to count when the person comes in by a browser of theirs.
 */
export async function forgiveAttempt(
  tx: Tx,
  failures: Failures,
  { address, counted }: { address: string; counted: Subject },
): Promise<void> {
  await failures.uncount(tx, failures.ofNetwork(address));
  await failures.forget(tx, counted);
}

async function count(
  tx: Tx,
  failures: Failures,
  { email, address, browser = null }: Attempt,
): Promise<{ isLocked: boolean; counted: Subject; identity: Identity | null }> {
  // All on one way to the database and back, whoever has the address.
  const [, isKnown, identity] = await Promise.all([
    countNetwork(tx, failures, address),
    isKnownTo(tx, email, browser),
    readIdentityByEmail(tx, email),
  ]);
  const counted = isKnown ? failures.ofDevice(email, browser ?? '') : failures.ofEmail(email);
  return { isLocked: (await failures.count(tx, counted)) > 0, counted, identity };
}

/** Counts something that could be a guess from this network; refuses when there were too many. */
export async function countNetwork(tx: Tx, failures: Failures, address: string): Promise<void> {
  const waitS = await failures.count(tx, failures.ofNetwork(address));
  if (waitS > 0) throw new Refusal('request.rate-limited', { retryAfterS: waitS });
}
