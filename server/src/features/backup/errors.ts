import { OperationalError } from '../../platform/log/index.ts';

/**
 * A backup is not what it should be, or may not be restored here; nothing was changed. Its codes are backup-damaged,
 * backup-foreign (of another installation), backup-identity (none that was given opens it), backup-in-use (the database is),
 * backup-keyring (there is one already), backup-keys (the keyring lacks some), backup-missing, backup-recipients, backup-schema
 * and backup-under-way.
 */
export class BackupError extends OperationalError {
  override readonly name = 'BackupError';
}
