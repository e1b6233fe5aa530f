import type { DatabaseLogin } from '../../../platform/database/index.ts';
import type { SftpLimits } from './limits.ts';

/**
 * What a node tells the process that speaks SFTP: it is given no environment, and Node lets it read no file but its own program. That
 * holds as long as it runs what was written for it. Whoever has taken the process over has the user id of its node.
 */
export type ToSftp =
  | {
      readonly kind: 'start';
      readonly host: string;
      readonly port: number;
      /** In the form of OpenSSH. */
      readonly hostKey: string;
      /** May take on the role `samtal_sftp`. */
      readonly login: DatabaseLogin;
      readonly limits: SftpLimits;
    }
  | { readonly kind: 'stop' };

/** What the process tells its node. */
export type FromSftp =
  | { readonly kind: 'alive' }
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'cannot-listen'; readonly code: string }
  | { readonly kind: 'failed'; readonly event: SftpFailure; readonly error: Error };

/** What went wrong in it, in the words of the log. */
export type SftpFailure =
  | 'database-disturbed'
  | 'sftp-audit-failed'
  | 'sftp-failed'
  | 'sftp-recheck-failed'
  | 'sftp-request-failed';
