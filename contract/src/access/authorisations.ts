/**
 * The authorisation catalogue (B1): the closed list of single operations that a role can allow. The words on the
 * right are shown in the console. `scoped` says that a grant's scope (unit, queue, site) narrows it; the
 * others act on the account as a whole and need an unscoped grant. `opens`: it opens the content of conversations of others, so that
 * a grant names what for (B3).
 */
export const authorisations = {
  'account.manage': { says: 'Change the account itself', scoped: false },
  'settings.read': { says: 'See settings, and the history of everything that is configured', scoped: false },
  'settings.manage': { says: 'Change settings', scoped: false },
  'masking.manage': { says: 'Write masking rules and choose what is masked', scoped: false },
  'users.read': { says: 'See who belongs to the account', scoped: false },
  'users.manage': { says: 'Invite, change and remove users', scoped: false },
  // Of a key of the account's directory (B6). What it comes to for a user, whoever owns the key has to be able to do himself.
  'users.provision': { says: 'Make, change and remove users as a directory does', scoped: false },
  'access.read': { says: 'See roles and who holds them', scoped: false },
  'access.manage': { says: 'Define roles and give them to users', scoped: false },
  // Lets an administrator appoint agents and auditors without being one (B3). It never reaches the holder himself.
  'access.entrust': { says: 'Give others more than you hold yourself', scoped: false },
  // Operators have nothing in an account unless somebody there lets them in (B4).
  'operators.admit': { says: 'Let operators of the installation in for a time', scoped: false },
  'federation.manage': { says: 'Decide by which identity providers users sign in', scoped: false },
  'sites.read': { says: 'See sites and their snippets', scoped: false },
  'sites.manage': { says: 'Create and change sites', scoped: false },
  // Whoever holds it can have a visitor pass for any customer: meant for the key of an organisation's own server (C9).
  'tickets.issue': { says: 'Issue tickets that say who customers are', scoped: false },
  'units.manage': { says: 'Lay out regions and teams', scoped: false },
  'routing.read': { says: 'See queues', scoped: true },
  'routing.manage': { says: 'Create and change queues', scoped: false },
  'presence.read': { says: 'See which agents are there', scoped: false },
  'canned-replies.manage': { says: 'Write and change canned replies', scoped: false },
  'conversations.handle': { says: 'Be offered conversations and talk with visitors', scoped: true },
  'conversations.find': { says: 'Find conversations: their state, times, queue and agent', scoped: true },
  'conversations.read': { says: 'Read transcripts of conversations of others', scoped: true, opens: true },
  // Of others: both sides of a conversation see them until they are due (G2).
  'conversations.unmasked': {
    says: 'See numbers in conversations of others until they are redacted',
    scoped: true,
    opens: true,
  },
  'visitors.read': {
    says: 'See the profiles of visitors in conversations of others',
    scoped: true,
    opens: true,
  },
  'visitors.find': { says: 'Find conversations by what is known about their visitors', scoped: true },
  'conversations.take': { says: 'Pick a waiting conversation out of the queue', scoped: true },
  'conversations.direct': { says: 'Transfer and resolve conversations of others', scoped: true },
  // Takes what was written out of the platform (E11). Goes with nothing else: whoever reads may not send on by that alone.
  'conversations.forward': { says: 'Forward conversations by mail', scoped: true, opens: true },
  // Counts and times, and nothing that anybody wrote. Agents of a queue are compared: who may see that is decided by a role (I1).
  'statistics.view': { says: 'See statistics', scoped: true },
  // Threat cases (G6). Whoever looks addresses up is somebody else than whoever reads transcripts, unless an account wants it so.
  'activity-log.look-up': { says: 'Look up from which address a visitor came', scoped: true },
  'activity-log.export': {
    says: 'Export what the activity log says of an address, for whoever had it',
    scoped: false,
  },
  'subject-access.export': {
    says: 'Export everything about a visitor, for the visitor',
    scoped: true,
    opens: true,
  },
  'retention.read': { says: 'See what is kept how long, and what was deleted', scoped: false },
  'retention.hold': { says: 'Put cases under legal hold and lift it', scoped: false },
  'erasure.manage': { says: 'Have cases and personal data erased', scoped: false },
  // Whoever holds it makes keys of what they hold themselves, and revokes anybody’s (C8).
  'api-keys.manage': { says: 'Make API keys, and revoke them', scoped: false },
  // Whoever gives an export account gives all statistics of the account, and so has to see them all himself (I4).
  'statistics.export': { says: 'Let programs fetch the statistics of the account by SFTP', scoped: false },
  // Whoever defines one sees all statistics himself: others are given it (I5).
  'data-services.manage': { says: 'Define data services, and whom they answer', scoped: false },
  // It is enough for a program: with nothing else, it runs what it is given, and sees what lies in its scope.
  'data-services.read': { says: 'Run data services', scoped: true },
  'audit.read': { says: 'Read the audit trail', scoped: false },
  'audit.stream': { says: 'Have the audit trail sent elsewhere', scoped: false },
} as const satisfies Record<string, { says: string; scoped: boolean; opens?: true }>;

export type Authorisation = keyof typeof authorisations;

export const authorisationNames = Object.keys(authorisations) as [Authorisation, ...Authorisation[]];

/** Those that open the content of conversations of others (B3). */
export const openingAuthorisations: readonly Authorisation[] = authorisationNames.filter(
  (name) => 'opens' in authorisations[name],
);

/**
 * What operators can be given for a time (B4): to see, and to mend what is configured. Nothing by which they would stay longer, let
 * others in, take part in a conversation, or take something out.
 */
export const operatorAuthorisations = [
  'settings.read',
  'settings.manage',
  'users.read',
  'access.read',
  'sites.read',
  'sites.manage',
  'units.manage',
  'routing.read',
  'routing.manage',
  'presence.read',
  'canned-replies.manage',
  'conversations.find',
  'conversations.read',
  'conversations.unmasked',
  'visitors.read',
  'visitors.find',
  'statistics.view',
  'retention.read',
  'audit.read',
] as const satisfies readonly Authorisation[];

/**
 * What is done in a frame of another page (C10): the work of agents, and what it takes to look. Nothing by which an account is laid out,
 * administered or overseen: whoever is around the frame could lead clicks there.
 */
export const framedAuthorisations = [
  'routing.read',
  'presence.read',
  'conversations.handle',
  'conversations.find',
  'conversations.read',
  'conversations.unmasked',
  'conversations.take',
  'conversations.direct',
  'conversations.forward',
  'visitors.read',
  'visitors.find',
] as const satisfies readonly Authorisation[];
