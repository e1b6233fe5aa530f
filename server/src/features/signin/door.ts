import type { FactorParts } from '../factors/index.ts';
import type { PasswordDoor } from './prove-password.ts';

/** What there is to sign in with. */
export type SignInDoor = PasswordDoor & FactorParts;

/** What the routes of this feature are given. */
export interface SigninRoutesParts {
  readonly door: SignInDoor;
  /** Told of sessions that have ended before their time: what stands on them, such as a socket, must go. */
  readonly sessionsEnded: (sessionIds: readonly string[]) => void;
}
