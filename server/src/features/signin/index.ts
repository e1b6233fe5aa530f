export { admitMember } from './admit-member.ts';
export { admitWithPassword, clearPassword } from './admit-with-password.ts';
export { signinJobs } from './delete-expired.ts';
export { signinGate } from './gate.ts';
export { Passwords } from './passwords.ts';
export { readIdentityByEmail } from './queries.ts';
export { livingSessions, touchSession } from './sessions.ts';
export { refuseWeak, refuseWeakPassword } from './set-password.ts';
