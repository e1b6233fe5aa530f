import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** Signs for the installation (Ed25519, RFC 8032). Whoever has the public key can check, without the installation. */
export interface SigningKey {
  /** SPKI, PEM: what `openssl pkey -pubin` reads. */
  readonly publicKey: string;
  /** 64 bytes. */
  sign(message: Buffer): Buffer;
}

/** PKCS #8 of an Ed25519 key is this prefix and the 32-byte seed (RFC 8410). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The signing key that a random seed of 32 bytes stands for. */
export function signingKeyFrom(seed: Buffer): SigningKey {
  const der = Buffer.concat([pkcs8Prefix, seed]);
  const key: KeyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return {
    publicKey: createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString(),
    sign: (message) => sign(null, message, key),
  };
}

/** Whether the holder of this public key (PEM) signed exactly this message. */
export function isSigned(publicKey: string, message: Buffer, signature: Buffer): boolean {
  return verify(null, message, publicKey, signature);
}
