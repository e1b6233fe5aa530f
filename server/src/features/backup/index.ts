export { Backups } from './backups.ts';
export { checkInside, checkOutside } from './check-backup.ts';
export { backupJobs } from './jobs.ts';
export { restoreKeyring } from './keyring-backup.ts';
export { readIdentities } from './recipients.ts';
export { restoreBackup } from './restore-backup.ts';
export { listSets } from './sets.ts';
