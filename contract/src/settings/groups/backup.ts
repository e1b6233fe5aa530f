import { nullable, Type } from '../../shared/index.ts';
import { setting, days, installationOnly, type Setting } from '../setting.ts';

/** Backups. */
export const backupSettings = {
  // Backups (K2).
  /** Who can open a backup: public keys of age (X25519). Empty: a pair that the installation made for itself. */
  'backup.recipients': setting({
    schema: Type.Array(Type.String({ pattern: '^age1[02-9ac-hj-np-z]{58}$' }), { maxItems: 20 }),
    default: [],
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Without recipients the key that opens backups is made on this machine.' },
    accountsSee: true,
  }),
  /** What is erased stays readable to whoever has an old backup and an old keyring for as long as this. */
  'backup.retention-days': setting({
    schema: days(1, 30),
    default: 7,
    levels: installationOnly,
    sensitive: true,
    weaker: 'higher',
    accountsSee: true,
  }),
  /** The hour of the day, UTC, after which a backup is made. */
  'backup.hour': setting({
    schema: Type.Integer({ minimum: 0, maximum: 23 }),
    default: 2,
    levels: installationOnly,
    sensitive: false,
    accountsSee: true,
  }),
  /** An absolute path that the node which makes the backup can write to. Null: `backups` in its data directory. */
  'backup.directory': setting({
    schema: nullable(Type.String({ pattern: '^/', maxLength: 500 })),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Backups are encrypted wherever they lie.' },
  }),
} as const satisfies Record<string, Setting>;
