import type { Invitation, User } from '@samtal/contract/users';
import type { IssuedInvitation } from './issue-invitation.ts';
import type { StoredUser } from './queries.ts';

export function presentUser(user: StoredUser): User {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    maxConversations: user.maxConversations,
    status: user.status,
    roles: user.roles,
    createdAt: user.createdAt.toISOString(),
    lastSignInAt: user.lastSignInAt?.toISOString() ?? null,
    lastActiveOn: user.lastActiveOn,
    inactiveBecause: user.inactiveBecause,
    version: user.version,
  };
}

export function presentInvitation(user: StoredUser, { token, expiresAt }: IssuedInvitation): Invitation {
  return { user: presentUser(user), link: invitationLink(token), expiresAt: expiresAt.toISOString() };
}

/** Path and fragment below the console’s address. Browsers keep the fragment to themselves. */
export function invitationLink(token: string): string {
  return `/invitation#${token}`;
}
