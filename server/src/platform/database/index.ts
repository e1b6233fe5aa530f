export { attempt } from './attempt.ts';
export { Database, type ReadTx, type Statement, type Tx } from './database.ts';
export { knownMigrations } from './migrate.ts';
export {
  embeddedAccess,
  externalAccess,
  openDatabase,
  type DatabaseAccess,
  type DatabaseLogin,
} from './open.ts';
export { KeyringRecords, SameClusterError } from './keyring-records.ts';
export { nodesChannel, Notifications } from './notifications.ts';
export { hasSqlState, isConnectionFailure, isReferenceViolation, isUniqueViolation } from './violations.ts';
export { runAlone } from './run-alone.ts';
export type { NameQualifiers, Tables } from './tables.ts';
export { DatabaseInUseError, ReplacementError, replaceContents } from './replacement.ts';
export { BackupUnderWayError, readSnapshot, type AppliedMigration, type Snapshot } from './snapshot.ts';
