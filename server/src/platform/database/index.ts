export { Database, type ReadTx, type Statement, type Tx } from './database.ts';
export { embeddedAccess, externalAccess, openDatabase, type DatabaseAccess } from './open.ts';
export { KeyringRecords, SameClusterError } from './keyring-records.ts';
export { Notifications } from './notifications.ts';
export { hasSqlState, isConnectionFailure, isUniqueViolation } from './violations.ts';
export type { Tables } from './tables.ts';
