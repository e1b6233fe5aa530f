/** How long a session lives without being used, and altogether, seconds. Both are checked on the server (ASVS 7.3). */
export const sessionIdleS = 30 * 60;
export const sessionLifeS = 12 * 60 * 60;
/** A session’s last use is written down at most this often, seconds. */
export const sessionTouchS = 60;

/** How many CSRF tokens of a session are kept: one for each page that is open, the newest first. */
export const csrfTokensKept = 20;

export interface FailureLimit {
  /** So many failures cost nothing yet; each one after doubles the wait, from one second on. */
  readonly free: number;
  readonly longestWaitS: number;
}

/**
 * Guessing at one person’s password, and guessing from one network. A network is given more room and shorter waits,
 * because many honest people may share one.
 */
export const failureLimits = {
  email: { free: 5, longestWaitS: 15 * 60 },
  network: { free: 50, longestWaitS: 60 },
} as const satisfies Record<string, FailureLimit>;

/** After so long without another failure all are forgotten, seconds. */
export const failuresForgottenS = 24 * 60 * 60;
