import { createHash, randomBytes, randomUUID } from 'node:crypto';
import ssh2 from 'ssh2';
import { readPublicKey } from '../src/features/statistics-export/read-public-key.ts';
import { soundPair } from '../src/features/statistics-export/sound-pair.ts';
import type { TestDatabase } from './database.ts';

/** An SSH key pair of a customer, as `ssh-keygen` makes them. */
export interface ClientKey {
  /** A line of OpenSSH. */
  readonly publicKey: string;
  /** In the form of OpenSSH, not encrypted. */
  readonly privateKey: string;
  /** As SSH sends the public one. */
  readonly blob: Buffer;
}

export function clientKey(): ClientKey {
  const made = soundPair(() => ssh2.utils.generateKeyPairSync('ed25519'));
  return { publicKey: made.public, privateKey: made.private, blob: readPublicKey(made.public).blob };
}

/** An export account, past the interface. Its user name is `who` and random letters. */
export async function testExportAccount(
  db: TestDatabase,
  accountId: string,
  { networks = [], expiresAt = null }: { networks?: string[]; expiresAt?: Date | null } = {},
): Promise<{ id: string; userName: string }> {
  const id = randomUUID();
  const userName = `who-${randomBytes(5).toString('hex')}`;
  await db.asOwner(
    `insert into export_account (account_id, id, name, user_name, purpose, networks, expires_at)
     values ($1, $2, $3, $3, 'A test', $4, $5)`,
    [accountId, id, userName, networks, expiresAt],
  );
  return { id, userName };
}

/** A key of it, past the interface, submitted by nobody who is there. */
export async function testExportKey(
  db: TestDatabase,
  { accountId, exportAccountId, blob }: { accountId: string; exportAccountId: string; blob: Buffer },
  state: 'pending' | 'active' = 'active',
): Promise<string> {
  const id = randomUUID();
  await db.asOwner(
    `insert into export_key (account_id, id, export_account_id, kind, state, type, bits, public_key, submitted_by, confirmed_at)
     values ($1, $2, $3, 'supplied', $4, 'ssh-ed25519', 256, $5, $6, case when $4 = 'active' then now() end)`,
    [accountId, id, exportAccountId, state, blob, randomUUID()],
  );
  return id;
}

/** A published file of an account, past what renders them. Answers with its id. */
export async function publishTestFile(
  db: TestDatabase,
  { accountId, path, content }: { accountId: string; path: string; content: Buffer },
): Promise<string> {
  const [id, at] = [randomUUID(), path.lastIndexOf('/')];
  const sum = createHash('sha256').update(content).digest();
  await db.asOwner(
    `insert into statistics_file (account_id, id, grain, period_start, subject, folder, name, content, size_bytes, sha256, published_at)
     values ($1, $2, 'day', now(), 'queues', $3, $4, $5, $6, $7, '2026-11-26T08:10:00Z')`,
    [accountId, id, path.slice(0, at), path.slice(at + 1), content, content.length, sum],
  );
  return id;
}
