import type { ReadTx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import type { Binding } from './binding.ts';
import { issueCode } from './codes.ts';
import type { FactorParts } from './factor-parts.ts';
import { openNumber } from './numbers.ts';

/** Sends a code by this factor of the person, for this purpose and no other. */
export async function sendCode(
  { database, keyring, messenger }: FactorParts,
  binding: Binding,
  factorId: string,
): Promise<void> {
  const { channel, destination, code } = await database.transaction('platform', async (tx) => {
    const factor = found(await readSendable(tx, binding, factorId));
    const target =
      factor.kind === 'sms' && factor.secret !== null
        ? { channel: 'sms' as const, destination: await openNumber(keyring, factorId, factor.secret) }
        : { channel: 'email' as const, destination: factor.email };
    return { ...target, code: await issueCode(tx, keyring, { binding, factorId, ...target }) };
  });
  const wording = { key: 'code', values: { code } } as const;
  await (channel === 'sms' ? messenger.text(destination, wording) : messenger.mail(destination, wording));
}

/** Sends a code to the person’s address, which they need not have added as a factor. */
export async function sendCodeByMail(
  { database, keyring, messenger }: FactorParts,
  binding: Binding,
  address: string,
): Promise<void> {
  const code = await database.transaction(
    'platform',
    async (tx) =>
      await issueCode(tx, keyring, { binding, factorId: null, channel: 'email', destination: address }),
  );
  await messenger.mail(address, { key: 'code', values: { code } });
}

async function readSendable(tx: ReadTx, { userId, purpose, boundTo }: Binding, factorId: string) {
  const row = await tx.sql
    .selectFrom('factor')
    .innerJoin('identity', 'identity.id', 'factor.user_id')
    .select(['factor.kind', 'factor.secret', 'identity.email'])
    .where('factor.id', '=', factorId)
    .where('factor.user_id', '=', userId)
    .where('factor.kind', 'in', ['sms', 'email'])
    .where((eb) =>
      purpose === 'enrol' ? eb('factor.begun_in', '=', boundTo) : eb('factor.begun_in', 'is', null),
    )
    .executeTakeFirst();
  return row ?? null;
}
