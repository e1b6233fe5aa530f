import { configuration, type ConfigurationKind } from '@samtal/contract/history';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { Restore } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { readVersion, type StoredVersion } from './queries.ts';

/** How each kind of thing is restored: by the feature that it belongs to. */
export type Restorers = Readonly<Record<ConfigurationKind, Restore>>;

/** What is wrong with an older version, by places in its body. Asked before the transaction, because it may take a while. */
export type Judge = (
  account: string,
  body: Readonly<Record<string, unknown>>,
) => Promise<readonly { readonly place: string; readonly problem: string }[]>;

/** The kinds of which a version has to be judged as when it was made: what could be published once may not be today. */
export type Judges = Readonly<Partial<Record<ConfigurationKind, Judge>>>;

/** Refuses with access.forbidden whoever may not change things of this kind. */
export function refuseUnlessMayRestore({ grants }: Member, kind: ConfigurationKind): void {
  // NOTE: only an unscoped grant carries these authorisations (contract, authorisations.ts).
  const may = grants.some(({ authorisations }) => authorisations.has(configuration[kind]));
  if (!may) throw new Refusal('access.forbidden');
}

/** Refuses with history.not-restorable, and says where and why. A version never changes, so the answer stays true. */
export async function refuseUnfit(
  judges: Judges,
  account: string,
  { kind, body }: Pick<StoredVersion, 'kind' | 'body'>,
): Promise<void> {
  const problems = body === null ? [] : ((await judges[kind]?.(account, body)) ?? []);
  if (problems.length === 0) return;
  throw new Refusal('history.not-restorable', {
    fields: problems.map(({ place, problem }) => ({ pointer: `/version/${place}`, problem })),
  });
}

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
  refuseUnlessMayRestore(caller, kind);
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
    actor: caller.actor,
    subject: { kind, id: objectId },
    details: { from: version, version: newest + 1 },
  });
  // It was so already: nothing has been made.
  return restored ?? wanted;
}
