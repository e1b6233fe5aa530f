import { join } from 'node:path';
import type { Database, DatabaseAccess } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { MediaStore } from '../media/index.ts';
import { readInstallationSettings } from '../settings/index.ts';
import { backUpKeyring, keyringBackupDays } from './keyring-backup.ts';
import { makeBackup, type MadeBackup } from './make-backup.ts';
import { ownPair } from './recipients.ts';
import { listKeyringBackups, listSets, removeExpired, type Kept } from './sets.ts';

export interface BackupsParts {
  readonly database: Database;
  readonly access: DatabaseAccess;
  readonly keyring: Keyring;
  /** Of the files in conversations. */
  readonly store: MediaStore;
  readonly dataDir: string;
  /** Of the platform. */
  readonly version: string;
  readonly log: Log;
}

/** Where backups go and to whom, as the settings of the installation say. */
interface Plan {
  readonly directory: string;
  readonly recipients: readonly string[];
  /** Of the installation's own pair, while it lies on this machine. */
  readonly identityFile: string | null;
  readonly retentionDays: number;
  readonly hour: number;
}

export interface MadeBackups extends MadeBackup {
  /** Null when the keyring has not changed since its last backup. */
  readonly keyringFile: string | null;
  readonly identityFile: string | null;
  /** Sets that were kept long enough. */
  readonly removed: number;
}

/** The installation's backups (K2). */
export class Backups {
  readonly #parts: BackupsParts;

  constructor(parts: BackupsParts) {
    this.#parts = parts;
  }

  /** Makes a set and a backup of the keyring, and removes what was kept long enough. */
  async make(): Promise<MadeBackups> {
    const plan = await this.#plan();
    const made = await makeBackup({ ...this.#parts, ...plan });
    const keyringFile = await this.#backUpKeyring(plan);
    const removed = await removeExpired(plan.directory, await listSets(plan.directory), plan.retentionDays);
    return { ...made, keyringFile, identityFile: plan.identityFile, removed };
  }

  /** Makes today's set, if its hour has come and it is not there. Answers with it, or with null. */
  async makeDue(now = new Date()): Promise<MadeBackups | null> {
    const { directory, hour } = await this.#plan();
    const due = new Date(now);
    due.setUTCHours(hour, 0, 0, 0);
    if (due > now) due.setUTCDate(due.getUTCDate() - 1);
    const newest = (await listSets(directory)).at(-1);
    return newest !== undefined && newest.at >= due ? null : await this.make();
  }

  /** Backs up the keyring if any key was made or destroyed since, and removes its backups that were kept long enough. */
  async backUpKeyring(): Promise<string | null> {
    return await this.#backUpKeyring(await this.#plan());
  }

  async list(): Promise<{ directory: string; sets: Kept[]; keyrings: Kept[] }> {
    const { directory } = await this.#plan();
    return {
      directory,
      sets: await listSets(directory),
      keyrings: await listKeyringBackups(keyringDirectory(directory)),
    };
  }

  /** When the keyring need not know any more what outlived a rotation: no set from before it is left. */
  async survivorsUntil(): Promise<Date> {
    const { retentionDays } = await this.#plan();
    return new Date(Date.now() - (retentionDays + 1) * 86_400_000);
  }

  async #backUpKeyring({ directory, recipients }: Plan): Promise<string | null> {
    const apart = keyringDirectory(directory);
    const path = await backUpKeyring({ keyring: this.#parts.keyring, directory: apart, recipients });
    const kept = await listKeyringBackups(apart);
    // The newest stays, however old: nothing in it was destroyed since, or there would be a newer one.
    await removeExpired(apart, kept.slice(0, -1), keyringBackupDays);
    return path;
  }

  async #plan(): Promise<Plan> {
    const { database, dataDir, log } = this.#parts;
    const settings = await database.read('platform', readInstallationSettings);
    const named = settings['backup.recipients'];
    const own =
      named.length > 0
        ? null
        : await ownPair(dataDir, () => log.warn('backup-identity-made', { reason: 'no-recipients' }));
    return {
      directory: settings['backup.directory'] ?? join(dataDir, 'backups'),
      recipients: own === null ? named : [own.recipient],
      identityFile: own?.identityFile ?? null,
      retentionDays: settings['backup.retention-days'],
      hour: settings['backup.hour'],
    };
  }
}

function keyringDirectory(directory: string): string {
  return join(directory, 'keyring');
}
