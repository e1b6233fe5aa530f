import type { FactorProof } from '@samtal/contract/signin';
import type { Tx } from '../../platform/database/index.ts';
import type { Binding } from './binding.ts';
import { takeCode } from './codes.ts';
import type { FactorParts } from './factor-parts.ts';
import { takePasskey } from './passkeys.ts';
import { readFactors, touchFactor } from './queries.ts';
import { takeRecoveryCode } from './recovery-codes.ts';
import { takeTotp } from './totp.ts';
import { countTry, uncountTry } from './tries.ts';

/**
 * Whether this shows that it is the person of the binding, for what the binding says. Tries are counted before they are judged;
 * refuses when the person has had all of the hour.
 */
export async function proveFactor(
  parts: FactorParts,
  binding: Binding,
  proof: FactorProof,
): Promise<boolean> {
  const { database } = parts;
  const { userId } = binding;
  // Nobody guesses a signature.
  const isGuessable = proof.kind !== 'passkey';
  if (isGuessable) await database.transaction('platform', (tx) => countTry(tx, userId));
  return await database.transaction('platform', async (tx) => {
    const isRight = await judge(tx, parts, { binding, proof });
    if (isRight && isGuessable) await uncountTry(tx, userId);
    return isRight;
  });
}

async function judge(
  tx: Tx,
  { keyring, publicUrl }: FactorParts,
  { binding, proof }: { binding: Binding; proof: FactorProof },
): Promise<boolean> {
  const { userId } = binding;
  switch (proof.kind) {
    case 'passkey':
      return (await takePasskey(tx, publicUrl, { place: binding, userId, answer: proof.answer })) !== null;
    case 'recovery':
      return await takeRecoveryCode(tx, keyring, { userId, code: proof.code });
    case 'totp':
      return await takeAnyTotp(tx, keyring, { userId, code: proof.code });
    default: {
      const taken = await takeCode(tx, keyring, { binding, channel: proof.kind, code: proof.code });
      if (taken === null) return false;
      if (taken.factorId !== null) await touchFactor(tx, taken.factorId);
      return true;
    }
  }
}

/** Somebody may have the app on two telephones. */
async function takeAnyTotp(
  tx: Tx,
  keyring: FactorParts['keyring'],
  { userId, code }: { userId: string; code: string },
): Promise<boolean> {
  for (const { id, kind, secret } of await readFactors(tx, userId)) {
    if (kind !== 'totp' || secret === null) continue;
    if (await takeTotp(tx, keyring, { factorId: id, sealed: secret, code })) return true;
  }
  return false;
}
