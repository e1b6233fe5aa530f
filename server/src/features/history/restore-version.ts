import { configuration, type ConfigurationKind } from '@samtal/contract/history';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { Restore } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { readVersion, type StoredVersion } from './queries.ts';

/** How each kind of thing is restored: by the feature that it belongs to. */
export type Restorers = Readonly<Record<ConfigurationKind, Restore>>;

export interface WantedRestoration {
  readonly kind: ConfigurationKind;
  readonly objectId: string;
  readonly version: number;
  /** The newest version that the caller knows of. */
  readonly newest: number;
  readonly reason: string;
}

/**
 * Makes an object again what it was (H1), for whoever may change it. Refuses with history.changed-meanwhile,
 * history.not-restorable, and whatever the change itself is refused with. Answers with the version that it made.
 */
export async function restoreVersion(
  tx: Tx,
  caller: Member,
  restorers: Restorers,
  { kind, objectId, version, newest, reason }: WantedRestoration,
): Promise<StoredVersion> {
  const { accountId } = caller;
  // NOTE: only an unscoped grant carries these authorisations (contract, authorisations.ts).
  const may = caller.grants.some(({ authorisations }) => authorisations.has(configuration[kind]));
  if (!may) throw new Refusal('access.forbidden');
  const wanted = found(await readVersion(tx, accountId, { kind, objectId, version }));
  if (wanted.newest !== newest) throw new Refusal('history.changed-meanwhile');
  if (wanted.body === null) throw new Refusal('history.not-restorable');
  const note = { version: newest, reason, restoredFrom: version };
  await restorers[kind](tx, caller, { objectId, body: wanted.body, note }).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not-found') throw new Refusal('history.not-restorable');
    throw error;
  });
  const restored = await readVersion(tx, accountId, { kind, objectId, version: newest + 1 });
  await recordAudit(tx, accountId, {
    action: 'history.restored',
    actor: { kind: 'user', id: caller.userId },
    subject: { kind, id: objectId },
    details: { from: version, version: newest + 1 },
  });
  // It was so already: nothing has been made.
  return restored ?? wanted;
}
