import type { Proof } from '@samtal/contract/signin';
import { Refusal, type SignedIn } from '../../platform/http/index.ts';
import { elevateSession, lowerSession } from './elevation.ts';
import type { PasswordDoor } from './prove-password.ts';
import { proveOwnPassword } from './prove-own-password.ts';
import { recordForPerson } from './record-signin.ts';

/** Lets this session do sensitive work for an hour, for whoever shows anew that it is them. */
export async function elevate(door: PasswordDoor, caller: SignedIn, proof: Proof): Promise<Date> {
  await prove(door, caller, proof);
  const until = await door.database.transaction('platform', async (tx) => {
    await recordForPerson(tx, caller.userId, 'signin.elevated', { by: proof.kind });
    return await elevateSession(tx, caller.sessionId, proof.kind);
  });
  if (until === null) throw new Refusal('signin.required');
  return until;
}

async function prove(door: PasswordDoor, caller: SignedIn, { password }: Proof): Promise<void> {
  const identity = await proveOwnPassword(door, caller, {
    password,
    action: 'signin.elevation-failed',
  });
  if (identity === null) throw new Refusal('signin.proof-refused');
}

/** Ends the elevation of this session before its time. */
export async function endElevation({ database }: PasswordDoor, caller: SignedIn): Promise<void> {
  await database.transaction('platform', async (tx) => {
    await lowerSession(tx, caller.sessionId);
    await recordForPerson(tx, caller.userId, 'signin.elevation-ended');
  });
}
