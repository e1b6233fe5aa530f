import { totalmem } from 'node:os';

/** What the postmaster is started with. Given on its command line, these win over any file of the cluster. */
export interface SettingsOptions {
  /** Relative to the cluster, or absolute. */
  readonly socketDir: string;
  /** False only for throwaway clusters of tests. */
  readonly isDurable: boolean;
}

const mebibyte = 1024 * 1024;

/** The one port of the embedded database: no network port, but part of the name of its socket. */
export const socketPort = 5432;

export function postgresSettings({ socketDir, isDurable }: SettingsOptions): Record<string, string> {
  return {
    listen_addresses: '',
    port: String(socketPort),
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    password_encryption: 'scram-sha-256',
    // One cluster serves all tests of a run, several of them at a time.
    max_connections: isDurable ? '100' : '300',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    ...durability(isDurable),
    ...memory(),
    ...quietLog,
  };
}

function durability(isDurable: boolean): Record<string, string> {
  const value = isDurable ? 'on' : 'off';
  return {
    fsync: value,
    synchronous_commit: value,
    full_page_writes: value,
    wal_level: 'replica',
    wal_compression: 'on',
    max_wal_size: '1GB',
    checkpoint_timeout: '10min',
  };
}

/** A share of what the machine, or the container, has: the server and the people's browsers need the rest. */
function memory(): Record<string, string> {
  const limit = process.constrainedMemory();
  const total = Math.floor((limit > 0 ? Math.min(limit, totalmem()) : totalmem()) / mebibyte);
  const buffers = Math.min(1024, Math.max(64, Math.floor(total / 8)));
  return {
    shared_buffers: `${buffers}MB`,
    effective_cache_size: `${Math.max(buffers, Math.floor(total / 2))}MB`,
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    // Short queries only: parallel workers would cost more than they give, and need more of /dev/shm than containers have.
    max_parallel_workers_per_gather: '0',
    max_parallel_maintenance_workers: '0',
    jit: 'off',
  };
}

/**
 * The log tells of the database's own life and never what anyone wrote. Error messages quote values
 * (`invalid input syntax for type uuid: "…"`), their details whole rows, so errors are not logged here at all: whoever
 * sent the statement gets them. Of what remains, terse drops the detail, such as the query a crashed backend ran.
 * One file per weekday, emptied before it is used again, so none is older than a week.
 */
const quietLog = {
  logging_collector: 'on',
  log_destination: 'stderr',
  log_directory: '../log',
  log_filename: 'postgres-%u.log',
  log_file_mode: '0600',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_duration: 'off',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_lock_waits: 'off',
  log_temp_files: '-1',
  log_connections: '',
  log_disconnections: 'off',
  log_line_prefix: '%m [%p] ',
} as const;
