import type { Confirmation, FactorKind } from '@samtal/contract/signin';
import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import type { Binding } from './binding.ts';
import { takeCode } from './codes.ts';
import type { FactorParts } from './factor-parts.ts';
import { takeNewPasskey } from './passkeys.ts';
import { countRecoveryCodes, readBegun, type FactorRow } from './queries.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';
import { takeTotp } from './totp.ts';
import { countTry, uncountTry } from './tries.ts';

export interface Confirmed {
  readonly kind: FactorKind;
  /** Where it is the first factor: what helps when it is lost. Empty otherwise. */
  readonly recoveryCodes: string[];
}

export interface BegunIn {
  readonly userId: string;
  readonly boundTo: string;
  readonly factorId: string;
}

/**
 * Lets a factor count, once it has been shown to work where it was begun; null when it was not. `afterwards` is done in the same
 * transaction.
 */
export async function confirmFactor<Outcome>(
  parts: FactorParts,
  begun: BegunIn,
  {
    shown,
    afterwards,
  }: { shown: Confirmation; afterwards: (tx: Tx, confirmed: Confirmed) => Promise<Outcome> },
): Promise<Outcome | null> {
  const { database } = parts;
  await database.transaction('platform', (tx) => countTry(tx, begun.userId));
  return await database.transaction('platform', async (tx) => {
    const factor = found(await readBegun(tx, begun));
    const learnt = await judge(tx, parts, { factor, begun, shown });
    if (learnt === null) return null;
    await uncountTry(tx, begun.userId);
    return await afterwards(tx, await keep(tx, parts, { factor, learnt }));
  });
}

type Learnt = Partial<Pick<FactorRow, 'credential_id' | 'public_key' | 'counter' | 'transports'>>;

async function judge(
  tx: Tx,
  { keyring, publicUrl }: FactorParts,
  { factor, begun, shown }: { factor: FactorRow; begun: BegunIn; shown: Confirmation },
): Promise<Learnt | null> {
  const binding: Binding = { userId: begun.userId, boundTo: begun.boundTo, purpose: 'enrol' };
  if (factor.kind === 'passkey')
    return 'answer' in shown
      ? await takeNewPasskey(tx, publicUrl, { place: binding, answer: shown.answer })
      : null;
  if (!('code' in shown)) return null;
  const { code } = shown;
  if (factor.kind === 'totp') {
    const { id: factorId, secret } = factor;
    return secret !== null && (await takeTotp(tx, keyring, { factorId, sealed: secret, code })) ? {} : null;
  }
  const taken = await takeCode(tx, keyring, { binding, channel: factor.kind, code });
  return taken?.factorId === factor.id ? {} : null;
}

async function keep(
  tx: Tx,
  { keyring }: FactorParts,
  { factor, learnt }: { factor: FactorRow; learnt: Learnt },
): Promise<Confirmed> {
  const { id, user_id: userId, kind } = factor;
  await tx.sql
    .updateTable('factor')
    .set({ ...learnt, begun_in: null, created_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  const isFirst = (await countRecoveryCodes(tx, userId)) === 0;
  return { kind, recoveryCodes: isFirst ? await makeRecoveryCodes(tx, keyring, userId) : [] };
}
