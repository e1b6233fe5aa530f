import type { Authorisation } from './authorisations.ts';

/**
 * The built-in roles (B1). Every account has them; nobody can change them. An administrator does not read
 * conversations (B3): whoever should gets a role that says so, and that grant is audited.
 */
export const builtInRoles = {
  administrator: {
    name: 'Account administrator',
    authorisations: [
      'account.manage',
      'settings.read',
      'settings.manage',
      'masking.manage',
      'retention.read',
      'users.read',
      'users.manage',
      'users.provision',
      'access.read',
      'access.manage',
      'access.entrust',
      'operators.admit',
      'federation.manage',
      'sites.read',
      'sites.manage',
      'units.manage',
      'routing.read',
      'routing.manage',
      'presence.read',
      'canned-replies.manage',
      'statistics.view',
      'statistics.export',
      'data-services.manage',
      'data-services.read',
      'api-keys.manage',
    ],
    roles: [],
  },
  agent: {
    name: 'Agent',
    authorisations: ['conversations.handle', 'conversations.take', 'routing.read', 'presence.read'],
    roles: [],
  },
  supervisor: {
    name: 'Supervisor',
    authorisations: [
      'conversations.find',
      'conversations.read',
      'conversations.direct',
      // Supervisors read what others wrote already, and answer for what leaves the house. Agents get it by a role of the account's.
      'conversations.forward',
      'visitors.read',
      'visitors.find',
      'canned-replies.manage',
      'statistics.view',
      'data-services.read',
      'users.read',
    ],
    roles: ['agent'],
  },
  analyst: {
    name: 'Analyst',
    authorisations: [
      'conversations.find',
      'statistics.view',
      'data-services.read',
      'routing.read',
      'presence.read',
    ],
    roles: [],
  },
  'privacy-officer': {
    name: 'Privacy officer',
    authorisations: [
      'audit.read',
      'audit.stream',
      'retention.read',
      'retention.hold',
      'erasure.manage',
      'access.read',
      'users.read',
      'conversations.find',
      'visitors.find',
      'subject-access.export',
      'activity-log.look-up',
      'activity-log.export',
      'settings.read',
      'settings.manage',
      'masking.manage',
    ],
    roles: [],
  },
  coach: {
    name: 'Coach',
    authorisations: ['conversations.find', 'conversations.read', 'routing.read', 'presence.read'],
    roles: [],
  },
} as const satisfies Record<
  string,
  { name: string; authorisations: readonly Authorisation[]; roles: readonly string[] }
>;

export type BuiltInRole = keyof typeof builtInRoles;
