import { passwordLength } from '@samtal/contract/signin';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { rememberPassword } from './password-age.ts';
import { passwordProblem, type PasswordOwner, type PasswordProblem } from './password-policy.ts';
import { readAccountNames, readIdentity, readMinLength } from './queries.ts';

const explanations: Record<Exclude<PasswordProblem, 'length'>, string> = {
  'not-text': 'holds characters that are not text',
  common: 'is too easy to guess',
  personal: 'is a name or an address of yours',
};

export interface ChosenPassword {
  readonly userId: string;
  readonly password: string;
  /** Which field it came in. */
  readonly pointer: string;
  readonly name?: string;
  /** An account that the person is about to belong to. */
  readonly joining?: string;
}

/** Refuses a password that the person cannot have. In the platform’s scope. */
export async function refuseWeakPassword(
  tx: ReadTx,
  { userId, password, pointer, name, joining }: ChosenPassword,
): Promise<void> {
  const identity = found(await readIdentity(tx, userId));
  const accountNames = await readAccountNames(tx, userId);
  const minLength = await readMinLength(tx, userId, joining ?? null);
  const owner = { email: identity.email, name: name ?? identity.name, accountNames, minLength };
  refuseWeak(password, owner, pointer);
}

/** The same for a person who is not there yet. */
export function refuseWeak(password: string, owner: PasswordOwner, pointer: string): void {
  const problem = passwordProblem(password, owner);
  if (problem === null) return;
  const explanation =
    problem === 'length'
      ? `must have ${owner.minLength} to ${passwordLength.max} characters`
      : explanations[problem];
  throw new Refusal('signin.password-weak', { fields: [{ pointer, problem: explanation }] });
}

/**
 * Replaces the hash of a person’s password, if it is still the one that was looked at; false if somebody was faster. `given`: somebody
 * else chose it. In the platform’s scope.
 */
export async function replacePasswordHash(
  tx: Tx,
  userId: string,
  { from, to, given = false }: { from: string | null; to: string | null; given?: boolean },
): Promise<boolean> {
  const changed = await tx.sql
    .updateTable('identity')
    .set({ password_hash: to, password_changed_at: sql<Date>`now()`, password_given: given })
    .where('id', '=', userId)
    .where(sql<boolean>`password_hash is not distinct from ${from}`)
    .returning('id')
    .executeTakeFirst();
  if (changed === undefined) return false;
  if (from !== null) await rememberPassword(tx, userId, from);
  return true;
}
