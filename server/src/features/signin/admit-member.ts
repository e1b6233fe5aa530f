import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal, type SignedIn, type SignedInMember } from '../../platform/http/index.ts';
import { passes } from '../../platform/networks/index.ts';
import { loadMember, type AccountAccess } from '../access/index.ts';
import { readNetworkRules, type NetworkRules } from '../settings/index.ts';

/**
 * The person as a member of the account, or null as from `loadMember`. Refuses with signin.network where the account’s list
 * does not admit the address they come from (C5). Asked for each request and each look at a socket.
 */
export async function admitMember(
  tx: ReadTx,
  person: SignedIn,
  accountId: string,
): Promise<SignedInMember | null> {
  // Both at once, on one way to the database and back.
  const [member, rules] = await Promise.all([
    loadMember(tx, person, accountId),
    readNetworkRules(tx, accountId),
  ]);
  if (member !== null && !admits(rules, person)) throw new Refusal('signin.network');
  return member;
}

/** Whether one of these accounts at least admits the address. A session that opens none is not begun. In the platform’s scope. */
export async function admittedSomewhere(
  tx: ReadTx,
  accounts: readonly Pick<AccountAccess, 'id'>[],
  from: { readonly address: string; readonly hasSecondFactor: boolean },
): Promise<boolean> {
  for (const { id } of accounts) if (admits(await readNetworkRules(tx, id), from)) return true;
  return false;
}

function admits(
  { networks, exception }: NetworkRules,
  { address, hasSecondFactor }: { readonly address: string; readonly hasSecondFactor: boolean },
): boolean {
  return passes(networks, address) || (exception === 'second-factor' && hasSecondFactor);
}
