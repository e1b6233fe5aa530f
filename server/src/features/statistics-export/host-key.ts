import { createPublicKey, randomBytes } from 'node:crypto';
import type { ExportServer } from '@samtal/contract/statistics-export';
import { platformChain, recordAudit } from '../../platform/audit/index.ts';
import type { Database, Tx } from '../../platform/database/index.ts';
import {
  provideInstallationSecret,
  setInstallationSecret,
  signingKeyFrom,
  type Keyring,
} from '../../platform/keys/index.ts';
import { fingerprintsOf } from './fingerprints.ts';

/** What the SFTP server proves itself by: one Ed25519 key (RFC 8709) for all nodes of an installation. */
export interface HostKey {
  /** The private one, in the form of OpenSSH. */
  readonly openSsh: string;
  readonly shown: NonNullable<ExportServer['hostKey']>;
}

const type = 'ssh-ed25519';

/**
 * The host key, made when it is first needed: of several nodes that need it at once, one makes it. Throws CiphertextError where it cannot
 * be opened, such as in a database that was restored beside another keyring.
 */
export async function readHostKey(database: Database, keyring: Keyring): Promise<HostKey> {
  const seed = await database.transaction(
    'platform',
    async (tx) =>
      await provideInstallationSecret(tx, keyring, {
        name: 'sftp-host-key',
        make: () => randomBytes(32).toString('base64'),
      }),
  );
  return hostKeyFrom(Buffer.from(seed, 'base64'));
}

/**
 * Another host key in place of the one there is, such as one that somebody else may have. Nodes show it once they are started again, and every
 * client has to be told. In the platform’s scope.
 */
export async function renewHostKey(tx: Tx, keyring: Keyring): Promise<HostKey> {
  const secret = randomBytes(32);
  await setInstallationSecret(tx, keyring, { name: 'sftp-host-key', secret: secret.toString('base64') });
  await recordAudit(tx, platformChain, { action: 'sftp.host-key-renewed', actor: { kind: 'operator' } });
  return hostKeyFrom(secret);
}

function hostKeyFrom(seed: Buffer): HostKey {
  const { x = '' } = createPublicKey(signingKeyFrom(seed).publicKey).export({ format: 'jwk' });
  const point = Buffer.from(x, 'base64url');
  const blob = Buffer.concat([string(type), string(point)]);
  return {
    openSsh: inOpenSsh({ seed, point, blob }),
    shown: { type, publicKey: `${type} ${blob.toString('base64')}`, fingerprints: fingerprintsOf(blob) },
  };
}

/** Not encrypted (PROTOCOL.key of OpenSSH): it goes from memory to memory. */
function inOpenSsh({ seed, point, blob }: { seed: Buffer; point: Buffer; blob: Buffer }): string {
  const check = randomBytes(4);
  const inner = Buffer.concat([
    check,
    check,
    string(type),
    string(point),
    string(Buffer.concat([seed, point])),
    string('samtal'),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, at) => at + 1));
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    number(1),
    string(blob),
    string(Buffer.concat([inner, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}

/** RFC 4251, 5. */
function string(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
