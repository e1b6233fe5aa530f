import { randomUUID } from 'node:crypto';
import type { BegunFactor, NewFactor } from '@samtal/contract/signin';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readInstallationSettings, readSignInDemands } from '../settings/index.ts';
import type { Binding } from './binding.ts';
import type { FactorParts } from './factor-parts.ts';
import { sealNumber } from './numbers.ts';
import { askForNewPasskey, passkeysWorkAt } from './passkeys.ts';
import { isAllowed } from './policy.ts';
import { sendCode } from './send-code.ts';
import { isNumberAllowed, isSmsSetUp } from './sms-server.ts';
import { newTotp } from './totp.ts';

/** Begins to add a factor in a session or an attempt, in which it has to be shown to work before it counts. */
export async function beginFactor(
  parts: FactorParts,
  { userId, boundTo, email, wanted }: { userId: string; boundTo: string; email: string; wanted: NewFactor },
): Promise<BegunFactor> {
  const binding = { userId, boundTo, purpose: 'enrol' } as const;
  const begun = await parts.database.transaction('platform', async (tx) => {
    await refuseUnfit(tx, parts, { userId, wanted });
    await forgetOthersBegun(tx, binding);
    return await insertFactor(tx, parts, { binding, email, wanted });
  });
  if (wanted.kind === 'sms' || wanted.kind === 'email') await sendCode(parts, binding, begun.id);
  return begun;
}

async function refuseUnfit(
  tx: Tx,
  { publicUrl }: FactorParts,
  { userId, wanted }: { userId: string; wanted: NewFactor },
): Promise<void> {
  const { allowed } = await readSignInDemands(tx, userId);
  if (!isAllowed(wanted.kind, allowed)) throw new Refusal('signin.factor-not-allowed');
  if (wanted.kind === 'passkey' && !passkeysWorkAt(publicUrl)) throw new Refusal('signin.factor-not-allowed');
  if (wanted.kind !== 'sms') return;
  const settings = await readInstallationSettings(tx);
  if (!isSmsSetUp(settings)) throw new Refusal('signin.code-not-sent');
  if (!isNumberAllowed(wanted.number, settings)) {
    const problem = 'is of a country that no messages are sent to';
    throw new Refusal('request.invalid', { fields: [{ pointer: '/body/number', problem }] });
  }
}

/** One at a time: what was begun before and not shown to work is forgotten. */
async function forgetOthersBegun(tx: Tx, { userId, boundTo }: Binding): Promise<void> {
  await tx.sql.deleteFrom('factor').where('user_id', '=', userId).where('begun_in', '=', boundTo).execute();
}

async function insertFactor(
  tx: Tx,
  { keyring, publicUrl }: FactorParts,
  { binding, email, wanted }: { binding: Binding; email: string; wanted: NewFactor },
): Promise<BegunFactor> {
  const id = randomUUID();
  const issuer = publicUrl.hostname;
  const totp = wanted.kind === 'totp' ? await newTotp(keyring, { factorId: id, issuer, label: email }) : null;
  const secret =
    wanted.kind === 'sms' ? await sealNumber(keyring, id, wanted.number) : (totp?.sealed ?? null);
  await tx.sql
    .insertInto('factor')
    .values({
      id,
      user_id: binding.userId,
      kind: wanted.kind,
      name: wanted.name,
      begun_in: binding.boundTo,
      secret,
    })
    .execute();
  return {
    id,
    kind: wanted.kind,
    totp: totp === null ? null : { secret: totp.secret, uri: totp.uri },
    passkey:
      wanted.kind === 'passkey'
        ? await askForNewPasskey(tx, publicUrl, { binding, email, name: email })
        : null,
  };
}
