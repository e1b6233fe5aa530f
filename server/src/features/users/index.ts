export { inviteUser, type NewUser } from './invite-user.ts';
export { issueInvitation, type IssuedInvitation } from './issue-invitation.ts';
export type { BeforeLeaving } from './leaving.ts';
export { invitationLink, presentUser } from './presenter.ts';
export { readUser, readUsers, type StoredUser } from './queries.ts';
