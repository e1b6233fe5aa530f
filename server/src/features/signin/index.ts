export { framersOf } from './embedding.ts';
export { admitMember, admittedSomewhere } from './admit-member.ts';
export { admitWithPassword, clearPassword } from './admit-with-password.ts';
export { beginVouched } from './begin-vouched.ts';
export { startAttempt } from './attempts.ts';
export { describeSession } from './describe-session.ts';
export { deviceOf, type Device } from './device.ts';
export { signinJobs } from './delete-expired.ts';
export { Passwords } from './passwords.ts';
export { readIdentityByEmail } from './queries.ts';
export { elevateSession } from './elevation.ts';
export { countNetwork } from './prove-password.ts';
export { Failures } from './failures.ts';
export {
  clearSessionCookie,
  sessionToken,
  setAttemptCookie,
  setSessionCookie,
  setSignedOutCookie,
  signedOutToken,
} from './cookie.ts';
export { takeSignedOut, type SignedOut } from './signed-out.ts';
export type { Voucher } from './sessions.ts';

export { refuseForeignOrigin, signinGate } from './gate.ts';
export {
  endSessions,
  findSession,
  livingSessions,
  noteSecondFactor,
  startOperatorSession,
  touchSession,
} from './sessions.ts';
export { hasCountingFactor } from './demanded-step.ts';
export { refuseWeak, refuseWeakPassword } from './set-password.ts';
export { resetFactors } from './reset-factors.ts';
