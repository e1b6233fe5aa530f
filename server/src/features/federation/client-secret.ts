import { openSecret, sealSecret, type Keyring, type SecretPlace } from '../../platform/keys/index.ts';

interface Where {
  readonly account: string;
  readonly id: string;
}

/** Sealed under the account’s key: what a provider gave for us to prove who we are towards it. */
export async function sealClientSecret(keyring: Keyring, where: Where, secret: string): Promise<Buffer> {
  return await sealSecret(keyring, place(where), Buffer.from(secret));
}

export async function openClientSecret(keyring: Keyring, where: Where, sealed: Buffer): Promise<string> {
  return (await openSecret(keyring, place(where), sealed)).toString();
}

function place({ account, id }: Where): SecretPlace {
  return { account, purpose: 'identity-provider-client', id };
}
