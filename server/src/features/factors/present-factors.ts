import type { Factor, FactorKind, Ways } from '@samtal/contract/signin';
import type { ReadTx } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { readInstallationSettings, readSignInDemands } from '../settings/index.ts';
import { isSetUp } from '../mail/index.ts';
import { openNumber } from './numbers.ts';
import { passkeysWorkAt } from './passkeys.ts';
import { countingKinds, isAllowed, usable } from './policy.ts';
import { countRecoveryCodes, readFactors, type StoredFactor } from './queries.ts';
import { isSmsSetUp } from './sms-server.ts';

/** What the person can be asked for, when they have to show that it is them. In the platform’s scope. */
export async function readWays(
  tx: ReadTx,
  keyring: Keyring,
  { userId, allowed }: { userId: string; allowed: readonly string[] },
): Promise<Ways> {
  const factors = usable(await readFactors(tx, userId), allowed);
  const shown = factors.map(async (factor) => ({
    id: factor.id,
    kind: factor.kind,
    name: factor.name,
    ending: await endingOf(keyring, factor),
  }));
  return { factors: await Promise.all(shown), recovery: (await countRecoveryCodes(tx, userId)) > 0 };
}

/** What the person has, for themselves. */
export async function presentFactors(
  tx: ReadTx,
  { keyring, publicUrl }: { keyring: Keyring; publicUrl: URL },
  userId: string,
): Promise<{ items: Factor[]; recoveryCodesLeft: number; addable: FactorKind[]; required: boolean }> {
  const { allowed, secondFactor } = await readSignInDemands(tx, userId);
  const items = (await readFactors(tx, userId)).map(async (factor) => ({
    id: factor.id,
    kind: factor.kind,
    name: factor.name,
    ending: await endingOf(keyring, factor),
    createdAt: factor.createdAt.toISOString(),
    lastUsedAt: factor.lastUsedAt?.toISOString() ?? null,
    allowed: isAllowed(factor.kind, allowed),
  }));
  return {
    items: await Promise.all(items),
    recoveryCodesLeft: await countRecoveryCodes(tx, userId),
    addable: await addableKinds(tx, publicUrl, allowed),
    required: secondFactor === 'required',
  };
}

/** Kinds that would count, and work in this installation as it is set up. */
export async function addableKinds(
  tx: ReadTx,
  publicUrl: URL,
  allowed: readonly string[],
): Promise<FactorKind[]> {
  const settings = await readInstallationSettings(tx);
  const works: Record<FactorKind, boolean> = {
    passkey: passkeysWorkAt(publicUrl),
    totp: true,
    sms: isSmsSetUp(settings),
    email: isSetUp(settings),
  };
  return countingKinds(allowed).filter((kind) => works[kind]);
}

/** Enough of a number to know it by. */
async function endingOf(keyring: Keyring, { id, kind, secret }: StoredFactor): Promise<string | null> {
  return kind === 'sms' && secret !== null ? (await openNumber(keyring, id, secret)).slice(-2) : null;
}
