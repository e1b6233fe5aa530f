export { Database, type ReadTx, type Statement, type Tx } from './database.ts';
export { knownMigrations } from './migrate.ts';
export { embeddedAccess, externalAccess, openDatabase, type DatabaseAccess } from './open.ts';
export { KeyringRecords, SameClusterError } from './keyring-records.ts';
export { Notifications } from './notifications.ts';
export { hasSqlState, isConnectionFailure, isUniqueViolation } from './violations.ts';
export type { Tables } from './tables.ts';
export { DatabaseInUseError, ReplacementError, replaceContents } from './replacement.ts';
export { BackupUnderWayError, readSnapshot, type AppliedMigration, type Snapshot } from './snapshot.ts';
