import type { Authorisation } from '../access/authorisations.ts';

/**
 * The authorisations that a person uses in an elevated session alone (C3). A key that holds them needs none, and its maker is
 * told so. The endpoint walk compares them with what endpoints say.
 */
export const sensitiveAuthorisations: readonly Authorisation[] = [
  'access.manage',
  'activity-log.export',
  'activity-log.look-up',
  'audit.stream',
  'data-services.manage',
  'erasure.manage',
  'federation.manage',
  'masking.manage',
  'retention.hold',
  'settings.manage',
  'sites.manage',
  'statistics.export',
  'subject-access.export',
  'users.manage',
  'users.provision',
];
