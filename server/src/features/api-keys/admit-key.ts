import type { SettingValues } from '@samtal/contract/settings';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { Refusal, type HeldGrant, type Member } from '../../platform/http/index.ts';
import { passes } from '../../platform/networks/index.ts';
import { effective, narrowedTo, readHolder, readPlaces, withinGrants, type Places } from '../access/index.ts';
import { readSettings } from '../settings/index.ts';
import type { ProvenKey } from './prove.ts';
import { claimRefusal, noteUse, readKeyGrants } from './queries.ts';

/** Why a key that was proven is refused all the same. */
export type KeyFault = 'expired' | 'revoked' | 'rotated' | 'owner-away' | 'wrong-mode' | 'network';

export type Admitted =
  | { readonly member: Member; readonly settings: SettingValues }
  | { readonly fault: KeyFault };

interface From {
  readonly address: string;
  readonly origin: string | null;
}

/** What a proven key comes to now, from this address, for somebody who shows it in this way; or why it is refused. */
export async function admitKey(
  database: Database,
  key: ProvenKey,
  { from, mode }: { from: From; mode: SettingValues['api.authentication'] },
): Promise<Admitted> {
  if (key.ended !== null) return { fault: key.ended };
  const admitted = await database.read(key.accountId, async (tx) => {
    // Asked for at once, and answered in one round trip.
    const [settings, member] = await Promise.all([
      readSettings(tx, key.accountId),
      loadKeyMember(tx, key, from),
    ]);
    if (!passes(settings['api.networks'], from.address)) return { fault: 'network' } as const;
    if (settings['api.authentication'] !== mode) return { fault: 'wrong-mode' } as const;
    return member === null ? ({ fault: 'owner-away' } as const) : { member, settings };
  });
  if ('member' in admitted && !key.usedToday)
    await database.transaction(key.accountId, async (tx) => await noteUse(tx, key.accountId, key.keyId));
  return admitted;
}

/**
 * The key as a member: what it is given, as far as its owner holds that now, narrowed to what its token is for. Null while
 * the owner is no active user of an active account.
 */
async function loadKeyMember(tx: ReadTx, key: ProvenKey, from: From): Promise<Member | null> {
  const { accountId, keyId, ownerId, narrowed } = key;
  if (ownerId === null) return null;
  const [owner, rows] = await Promise.all([
    readHolder(tx, accountId, ownerId),
    readKeyGrants(tx, accountId, keyId),
  ]);
  if (owner === null) return null;
  const given = rows.map(({ allows, scope }) => effective(allows, scope));
  const grants = withinGrants(given, owner.grants, await placesFor(tx, accountId, [given, owner.grants]));
  return {
    ...from,
    accountId,
    userId: keyId,
    actor: { kind: 'api-key', id: keyId },
    personId: ownerId,
    sessionId: null,
    name: key.name,
    grants: narrowed === null ? grants : narrowedTo(grants, narrowed),
  };
}

/** Which unit lies in which, where both the key’s scope and its owner’s name units; else nobody asks. */
async function placesFor(
  tx: ReadTx,
  accountId: string,
  both: readonly (readonly HeldGrant[])[],
): Promise<Places> {
  const isNeeded = both.every((grants) => grants.some(({ scope }) => scope.unit !== undefined));
  return isNeeded ? await readPlaces(tx, accountId) : new Map();
}

/** Records that a key was refused although its secret was right: somebody still has it. Once an hour for each key. */
export async function recordRefusedKey(
  database: Database,
  { accountId, keyId }: ProvenKey,
  fault: KeyFault,
): Promise<void> {
  await database.transaction(accountId, async (tx) => {
    if (!(await claimRefusal(tx, accountId, keyId))) return;
    await recordAudit(tx, accountId, {
      action: 'api-keys.refused',
      actor: { kind: 'api-key', id: keyId },
      subject: { kind: 'api-key', id: keyId },
      details: { reason: fault },
    });
  });
}

/** What a refused key is answered. Whoever has shown its secret is told what to do about it. */
export function refusalOfFault(fault: KeyFault): Refusal {
  if (fault === 'network') return new Refusal('api-keys.network');
  return new Refusal(fault === 'wrong-mode' ? 'api-keys.wrong-mode' : 'api-keys.refused');
}
