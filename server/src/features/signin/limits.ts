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
 * Guessing from one network. It is given more room and shorter waits than guessing at one person’s password, because
 * many honest people may share one.
 */
export const networkLimit: FailureLimit = { free: 50, longestWaitS: 60 };

/** After so long without another failure all are forgotten, seconds. */
export const failuresForgottenS = 24 * 60 * 60;

/** So long an attempt to sign in lasts after the password, seconds (C2). */
export const attemptLifeS = 10 * 60;

/** So long a link for a new password is good, seconds (C1). */
export const renewalLifeS = 30 * 60;
