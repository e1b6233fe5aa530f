export { inviteUser } from './invite-user.ts';
export { issueInvitation } from './issue-invitation.ts';
export { invitationLink, presentUser } from './presenter.ts';
export type { BeforeLeaving } from './leaving.ts';
export { userRestorer } from './restore-user.ts';
export { recordUserVersion } from './record-user-version.ts';
export { refuseUnlessManageable } from './refuse-unless-manageable.ts';
export { lockUser, readUser, readUsers, type StoredUser } from './queries.ts';
