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
  return await messageOf<KeyPair>(worker);
}

/** The one thing that a thread says. Throws what it has thrown, and when it ends without a word. */
export async function messageOf<Message>(worker: Worker): Promise<Message> {
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`A thread ended with ${code} and said nothing`)));
    });
  } finally {
    await worker.terminate();
  }
}
