import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface KeyPair {
  /** In the form of OpenSSH, encrypted (bcrypt-pbkdf, aes256-ctr). */
  readonly privateKey: string;
  /** A line of OpenSSH. */
  readonly publicKey: string;
}

/** An Ed25519 pair (RFC 8709) whose private half nobody reads without the passphrase. */
export async function makeKeyPair(passphrase: string, comment: string): Promise<KeyPair> {
  const worker = new Worker(new URL('key-pair-worker.ts', import.meta.url), {
    workerData: { passphrase, comment },
  });
  const [pair] = (await once(worker, 'message')) as [KeyPair];
  await worker.terminate();
  return pair;
}
