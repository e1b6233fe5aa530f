export { lockDataDirectory, type DataDirectoryLock } from './data-directory-lock.ts';
export {
  findRunningPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type PostgresConnection,
} from './embedded-postgres.ts';
export { PostgresError } from './postgres-error.ts';
