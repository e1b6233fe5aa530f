import { parentPort, workerData } from 'node:worker_threads';
import ssh2 from 'ssh2';
import { soundPair } from './sound-pair.ts';

/**
 * Makes one pair and ends. In a thread of its own: deriving the key from the passphrase takes most of a second, on purpose, during
 * which nobody else would be served.
 */
const { passphrase, comment } = workerData as { passphrase: string; comment: string };
const made = soundPair(() =>
  ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 24, comment }),
);
parentPort?.postMessage({ privateKey: made.private, publicKey: made.public });
