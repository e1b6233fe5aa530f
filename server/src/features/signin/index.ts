export { signinJobs } from './delete-expired.ts';
export { signinGate } from './gate.ts';
export { signinRoutes } from './routes.ts';
export { Passwords } from './passwords.ts';
export { passwordProblem } from './password-policy.ts';
export { readIdentityByEmail, type Identity } from './queries.ts';
export { endSessions, livingSessions, touchSession } from './sessions.ts';
export { refuseWeakPassword, replacePasswordHash } from './set-password.ts';
