import type { protections, storagePlaces } from '@samtal/contract/data-protection';
import type { DataClassName } from '@samtal/contract/retention';

interface Keeping {
  readonly places: readonly (typeof storagePlaces)[number][];
  readonly protection: readonly (typeof protections)[number][];
}

/**
 * Where each class of data lies, and what protects it there besides roles and row-level security (GDPR, Article 30(1)(g)).
 * It says what the code does: whoever changes the one changes the other.
 */
export const keepingOfClasses: Readonly<Record<DataClassName, Keeping>> = {
  transcript: { places: ['database'], protection: ['conversation-key'] },
  original: { places: ['database'], protection: ['own-key'] },
  'visitor-session': { places: ['database'], protection: ['keyed-hash'] },
  'activity-log': { places: ['database'], protection: ['day-key'] },
  files: { places: ['files'], protection: ['conversation-key'] },
  mail: { places: ['database'], protection: ['conversation-key'] },
  'legal-hold': { places: ['database'], protection: ['access-control'] },
  users: { places: ['database'], protection: ['access-control', 'password-hash'] },
  'sign-in': { places: ['database'], protection: ['keyed-hash'] },
  'api-answers': { places: ['database'], protection: ['request-key'] },
  'api-access': { places: ['database'], protection: ['keyed-hash'] },
  configuration: { places: ['database'], protection: ['access-control'] },
  statistics: { places: ['database'], protection: ['access-control'] },
  audit: { places: ['database'], protection: ['hash-chain'] },
  'operator-access': { places: ['database'], protection: ['access-control', 'keyed-hash'] },
  'deletion-log': { places: ['database'], protection: ['keyed-hash'] },
  erasure: { places: ['database'], protection: ['access-control'] },
  keys: { places: ['keyring', 'database'], protection: ['wrapped'] },
  'process-log': { places: ['log'], protection: ['access-control'] },
  backup: { places: ['backup'], protection: ['backup-recipients'] },
  installation: { places: ['database'], protection: ['access-control'] },
};
