export { inviteUser } from './invite-user.ts';
export { issueInvitation } from './issue-invitation.ts';
export { invitationLink, presentUser } from './presenter.ts';
export { readUser, readUsers, type StoredUser } from './queries.ts';
