import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { makeRecoveryCodes } from '../src/features/factors/index.ts';
import { newTotp } from '../src/features/factors/totp.ts';
import { startAttempt } from '../src/features/signin/attempts.ts';
import type { TestDatabase } from './database.ts';

/** An authenticator app that somebody has. */
export interface TestApp {
  readonly factorId: string;
  /** What it shows, or would so many steps of 30 seconds from now. */
  code(steps?: number): string;
}

/** What an app shows that has this secret (base32). */
export function codeOfApp(secret: string, steps = 0): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: Date.now() + steps * 30_000 });
}

/** Gives a person an authenticator app, as if they had added it. */
export async function giveApp({ asOwner, keyring }: TestDatabase, userId: string): Promise<TestApp> {
  const factorId = randomUUID();
  const { secret, sealed } = await newTotp(keyring, { factorId, issuer: 'test', label: 'test' });
  await asOwner("insert into factor (id, user_id, kind, name, secret) values ($1, $2, 'totp', 'App', $3)", [
    factorId,
    userId,
    sealed,
  ]);
  return { factorId, code: (steps = 0) => codeOfApp(secret, steps) };
}

/** Lets codes by mail be a factor of a person. */
export async function giveMailFactor({ asOwner }: TestDatabase, userId: string): Promise<string> {
  const factorId = randomUUID();
  await asOwner("insert into factor (id, user_id, kind, name) values ($1, $2, 'email', 'Mail')", [
    factorId,
    userId,
  ]);
  return factorId;
}

export async function giveRecoveryCodes(
  { database, keyring }: TestDatabase,
  userId: string,
): Promise<string[]> {
  return await database.transaction('platform', (tx) => makeRecoveryCodes(tx, keyring, userId));
}

/** The cookie of an attempt of a person whose password was right. */
export async function attemptCookie(
  { database }: TestDatabase,
  userId: string,
  step: 'factor' | 'renew' | 'enrol',
): Promise<string> {
  const { token } = await database.transaction('platform', (tx) => startAttempt(tx, { userId, step }));
  return `__Host-samtal-attempt=${token}`;
}
