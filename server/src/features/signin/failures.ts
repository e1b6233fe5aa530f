import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { Statement, Tx } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { networkOf } from '../../platform/networks/index.ts';
import { readInstallationSettings } from '../settings/index.ts';
import { failuresForgottenS, networkLimit, type FailureLimit } from './limits.ts';

/** Whom attempts are counted for. Only a keyed hash of it is stored: neither addresses nor e-mail are (C1). */
export interface Subject {
  readonly kind: 'email' | 'device' | 'network';
  readonly hash: Buffer;
}

/** Counts attempts to sign in, so that guessing gets slow and then stops (C1). All in the platform’s scope. */
export class Failures {
  readonly #key: Buffer;

  constructor(keyring: Keyring) {
    this.#key = keyring.purposeKey('sign-in-failures');
  }

  ofEmail(email: string): Subject {
    return { kind: 'email', hash: this.#hash('email', email.toLowerCase()) };
  }

  /** A person at a browser that they are known to use: whoever guesses elsewhere is counted apart. */
  ofDevice(email: string, browser: string): Subject {
    return { kind: 'device', hash: this.#hash('device', `${browser}/${email.toLowerCase()}`) };
  }

  /** An IPv4 address, or the /64 network of an IPv6 address: that is what one household has. */
  ofNetwork(address: string): Subject {
    return { kind: 'network', hash: this.#hash('network', networkOf(address)) };
  }

  /**
   * Counts an attempt before it is judged, in one statement, so that a hundred at once are a hundred. Returns 0, or for
   * how many seconds the subject is locked; then the attempt does not count, and must not be judged.
   */
  async count(tx: Tx, { kind, hash }: Subject): Promise<number> {
    const { free, longestWaitS } = await limitOf(tx, kind);
    const rows = await tx.run(countFailure, [hash, free, longestWaitS]);
    return rows.length > 0 ? 0 : await this.#lockedForS(tx, hash);
  }

  /** The attempt was an honest one after all: it counts no more. */
  async uncount(tx: Tx, { kind, hash }: Subject): Promise<void> {
    const { free } = await limitOf(tx, kind);
    tx.send(uncountFailure, [hash, free]);
  }

  /** Whoever it was has shown to be the right one: all is forgotten. */
  async forget(tx: Tx, { hash }: Subject): Promise<void> {
    tx.send(forgetFailures, [hash]);
  }

  async #lockedForS(tx: Tx, hash: Buffer): Promise<number> {
    const { rows } = await sql<{ seconds: number }>`
      select greatest(1, ceil(extract(epoch from locked_until - now())))::int as seconds
      from sign_in_failure where subject = ${hash}`.execute(tx.sql);
    return rows[0]?.seconds ?? 1;
  }

  #hash(kind: string, value: string): Buffer {
    return createHmac('sha256', this.#key).update(`${kind}/${value}`).digest();
  }
}

/** The same for every address of the installation: whose person it is, and in which accounts, must not show (C1). */
async function limitOf(tx: Tx, kind: Subject['kind']): Promise<FailureLimit> {
  if (kind === 'network') return networkLimit;
  const settings = await readInstallationSettings(tx);
  return {
    free: settings['signin.attempts-before-wait'],
    longestWaitS: settings['signin.longest-wait-minutes'] * 60,
  };
}

const failures = `case when f.last_at < now() - make_interval(secs => ${failuresForgottenS})
  then 1 else f.failures + 1 end`;
const countFailure: Statement = {
  name: 'signin-count-failure',
  text: `insert into sign_in_failure as f (subject, failures, last_at) values ($1, 1, now())
    on conflict (subject) do update set
      failures = ${failures},
      last_at = now(),
      locked_until = case when ${failures} >= $2::int
        then now() + make_interval(secs => least(power(2, least(${failures} - $2::int, 20)), $3::int)) end
    where f.locked_until is null or f.locked_until <= now()
    returning failures`,
};
const uncountFailure: Statement = {
  name: 'signin-uncount-failure',
  text: `update sign_in_failure set failures = failures - 1,
      locked_until = case when failures - 1 >= $2::int then locked_until end
    where subject = $1 and failures > 0`,
};
const forgetFailures: Statement = {
  name: 'signin-forget-failures',
  text: 'delete from sign_in_failure where subject = $1',
};
