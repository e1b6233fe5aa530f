import { framedAuthorisations, type Authorisation } from '@samtal/contract/access';
import type { Session } from '@samtal/contract/signin';
import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import { embeddedIn } from '../../api/index.ts';

type Membership = Session['accounts'][number];

export interface CurrentAccount {
  readonly id: string;
  readonly name: string;
  /** Whether the user holds the authorisation in this account, whatever the scope, and it is for where they are (C10). */
  can(authorisation: Authorisation): boolean;
  /** Every account the user belongs to. */
  readonly all: readonly Membership[];
  change(accountId: string): void;
}

const AccountContext = createContext<CurrentAccount | null>(null);

const storageKey = 'samtal.account';

/** Says to everything below it which account the user works in. Draws `none` when there is not a single one. */
export function AccountProvider({
  session,
  none,
  children,
}: {
  session: Session;
  none: ReactNode;
  children: ReactNode;
}) {
  const [chosen, setChosen] = useState(() => localStorage.getItem(storageKey));
  const membership = session.accounts.find((each) => each.id === chosen) ?? session.accounts[0];

  const account = useMemo<CurrentAccount | null>(() => {
    if (membership === undefined) return null;
    const held = new Set<Authorisation>(membership.authorisations);
    const done: ReadonlySet<Authorisation> =
      embeddedIn === null ? held : new Set(framedAuthorisations.filter((each) => held.has(each)));
    return {
      id: membership.id,
      name: membership.name,
      can: (authorisation) => done.has(authorisation),
      all: session.accounts,
      change(accountId) {
        localStorage.setItem(storageKey, accountId);
        setChosen(accountId);
      },
    };
  }, [membership, session.accounts]);

  if (account === null) return none;
  return <AccountContext value={account}>{children}</AccountContext>;
}

export function useAccount(): CurrentAccount {
  const account = use(AccountContext);
  if (account === null) throw new Error('useAccount needs an AccountProvider above it.');
  return account;
}
