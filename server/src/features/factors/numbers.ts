import { openSecret, sealSecret, type Keyring } from '../../platform/keys/index.ts';

const placeOf = (factorId: string) => ({ account: null, purpose: 'mobile-number', id: factorId });

export async function sealNumber(keyring: Keyring, factorId: string, number: string): Promise<Buffer> {
  return await sealSecret(keyring, placeOf(factorId), Buffer.from(number));
}

export async function openNumber(keyring: Keyring, factorId: string, sealed: Buffer): Promise<string> {
  return (await openSecret(keyring, placeOf(factorId), sealed)).toString();
}
