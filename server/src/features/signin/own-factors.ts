import type { BegunFactor, Confirmation, NewFactor } from '@samtal/contract/signin';
import { found, Refusal, type SignedIn } from '../../platform/http/index.ts';
import {
  beginFactor,
  confirmFactor,
  hasFactor,
  makeRecoveryCodes,
  removeFactor,
  renameFactor,
} from '../factors/index.ts';
import { noticeFactorAdded, noticeFactorRemoved } from './factor-changes.ts';
import { readIdentity } from './queries.ts';
import { recordForPerson } from './record-signin.ts';
import type { SignInDoor } from './door.ts';

/** What people change about their own signing in. Each change is told to them by mail: it may not have been them. */

export async function beginOwnFactor(
  door: SignInDoor,
  { userId, sessionId }: SignedIn,
  wanted: NewFactor,
): Promise<BegunFactor> {
  return await beginFactor(door, { userId, boundTo: sessionId, email: await emailOf(door, userId), wanted });
}

/** Answers with recovery codes where it is the first, and the sessions that have ended. */
export async function confirmOwnFactor(
  door: SignInDoor,
  { userId, sessionId }: SignedIn,
  { factorId, shown }: { factorId: string; shown: Confirmation },
): Promise<{ recoveryCodes: string[]; ended: string[] }> {
  const changed = await confirmFactor(
    door,
    { userId, boundTo: sessionId, factorId },
    {
      shown,
      afterwards: async (tx, { kind, recoveryCodes }) => ({
        recoveryCodes,
        ...(await noticeFactorAdded(tx, { userId, kind, sessionId })),
      }),
    },
  );
  if (changed === null) throw new Refusal('signin.proof-refused');
  door.messenger.mailLater(await emailOf(door, userId), { key: 'factor-added' });
  return changed;
}

export async function renameOwnFactor(
  { database }: SignInDoor,
  { userId }: SignedIn,
  { factorId, name }: { factorId: string; name: string },
): Promise<void> {
  await database.transaction('platform', async (tx) => {
    await renameFactor(tx, { userId, factorId, name });
    await recordForPerson(tx, userId, 'signin.factor-renamed');
  });
}

/** Answers with the sessions that have ended. */
export async function removeOwnFactor(
  door: SignInDoor,
  { userId, sessionId }: SignedIn,
  factorId: string,
): Promise<string[]> {
  const { ended } = await door.database.transaction('platform', async (tx) => {
    const kind = await removeFactor(tx, { userId, factorId });
    return await noticeFactorRemoved(tx, { userId, kind, sessionId });
  });
  door.messenger.mailLater(await emailOf(door, userId), { key: 'factor-removed' });
  return ended;
}

export async function renewOwnRecoveryCodes(
  { database, keyring }: SignInDoor,
  { userId }: SignedIn,
): Promise<string[]> {
  return await database.transaction('platform', async (tx) => {
    if (!(await hasFactor(tx, userId))) throw new Refusal('signin.factor-needed');
    await recordForPerson(tx, userId, 'signin.recovery-codes-renewed');
    return await makeRecoveryCodes(tx, keyring, userId);
  });
}

async function emailOf({ database }: SignInDoor, userId: string): Promise<string> {
  return found(await database.read('platform', (tx) => readIdentity(tx, userId))).email;
}
