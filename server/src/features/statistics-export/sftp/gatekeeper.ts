import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../../platform/audit/index.ts';
import type { Database, Statement } from '../../../platform/database/index.ts';
import { passes } from '../../../platform/networks/index.ts';
import { aboutSession, type Login } from './login.ts';

export type Answer =
  | { readonly may: true; readonly login: Login }
  /** Nobody has the name when `known` is null. */
  | {
      readonly may: false;
      readonly known: { readonly accountId: string; readonly exportAccountId: string } | null;
      readonly reason: string;
    };

interface LoginRow {
  readonly account_id: string;
  readonly export_account_id: string;
  readonly key_id: string | null;
  readonly networks: string[];
  readonly fault: string | null;
}

/** Says who may come in, and who may stay. */
export class Gatekeeper {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whether whoever calls himself so may sign in with this key from this address, once he has signed with it. */
  async ask(userName: string, publicKey: Buffer, address: string): Promise<Answer> {
    const rows = await this.#database.read(
      'platform',
      async (tx) => await tx.run<LoginRow>(selectLogin, [userName, publicKey]),
    );
    const [row] = rows;
    if (row === undefined) return { may: false, known: null, reason: 'unknown' };
    const known = { accountId: row.account_id, exportAccountId: row.export_account_id };
    if (row.fault !== null || row.key_id === null)
      return { may: false, known, reason: row.fault ?? 'key-unknown' };
    if (!passes(row.networks, address)) return { may: false, known, reason: 'network' };
    return { may: true, login: { ...known, keyId: row.key_id, sessionId: randomUUID() } };
  }

  /** Writes down that somebody has signed in, before they are told so. */
  async begin({ accountId, exportAccountId, keyId, sessionId }: Login): Promise<void> {
    await this.#database.transaction(accountId, async (tx) => {
      tx.send(noteAccount, [accountId, exportAccountId]);
      tx.send(noteKey, [accountId, keyId]);
      await recordAudit(tx, accountId, {
        action: 'statistics-export.session-began',
        ...aboutSession({ exportAccountId }),
        details: { session: sessionId, key: keyId },
      });
    });
  }

  /** Which of these keys may still be used, each from where. */
  async standing(keyIds: readonly string[]): Promise<Map<string, readonly string[]>> {
    const rows = await this.#database.read(
      'platform',
      async (tx) => await tx.run<{ key_id: string; networks: string[] }>(selectStanding, [keyIds]),
    );
    return new Map(rows.map(({ key_id, networks }) => [key_id, networks]));
  }
}

const selectLogin: Statement = { name: 'sftp-login', text: 'select * from export_login($1, $2)' };
const selectStanding: Statement = {
  name: 'sftp-standing',
  text: 'select * from standing_export_keys($1::uuid[])',
};
const noteAccount: Statement = {
  name: 'sftp-note-account',
  text: 'update export_account set last_used_at = now() where account_id = $1 and id = $2',
};
const noteKey: Statement = {
  name: 'sftp-note-key',
  text: 'update export_key set last_used_at = now() where account_id = $1 and id = $2',
};
