import type { ReadTx } from '../../platform/database/index.ts';
import { isAllowed, readFactors } from '../factors/index.ts';
import { readSignInDemands } from '../settings/index.ts';
import { hasExpiredPassword } from './password-age.ts';

/**
 * What is left to do for somebody who has shown who they are: a password that has expired is replaced, where they came by it,
 * and a factor is added where an account demands one of a kind that they do not have.
 */
export async function demandedStep(
  tx: ReadTx,
  userId: string,
  { byPassword }: { byPassword: boolean },
): Promise<'renew' | 'enrol' | null> {
  if (byPassword && (await hasExpiredPassword(tx, userId))) return 'renew';
  const { secondFactor } = await readSignInDemands(tx, userId);
  if (secondFactor !== 'required') return null;
  return (await hasCountingFactor(tx, userId)) ? null : 'enrol';
}

/** Whether somebody has a factor of a kind that counts in every account of theirs. */
export async function hasCountingFactor(tx: ReadTx, userId: string): Promise<boolean> {
  const { allowed } = await readSignInDemands(tx, userId);
  return (await readFactors(tx, userId)).some(({ kind }) => isAllowed(kind, allowed));
}
