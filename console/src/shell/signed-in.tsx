import { IconKey } from '@tabler/icons-react';
import type { ChangedList } from '@samtal/contract/realtime';
import { useThrottledCallback } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { AccountProvider, useAccount } from '../features/accounts/index.ts';
import { Attention, conversationsKey } from '../features/conversations/index.ts';
import { LiveProvider } from '../features/realtime/index.ts';
import { presenceQuery } from '../features/routing/index.ts';
import { sessionQuery } from '../features/signin/index.ts';
import { statisticsLiveKey } from '../features/statistics/index.ts';
import { useShortcutKeys } from '../shortcuts/index.ts';
import { useText } from '../text/index.ts';
import { EmptyState } from '../ui/index.ts';
import { Frame } from './frame.tsx';
import { mayTalk } from './places.ts';
import { SignOutButton } from './sign-out-button.tsx';

/** Everything that needs somebody signed in. When the session ends, whatever was open is left at once. */
export function SignedIn() {
  const session = useQuery(sessionQuery).data;
  const navigate = useNavigate();
  const to = useRouterState({ select: (state) => state.location.href });
  // Whoever signs out is on the way already, and is not told that the session has ended: they ended it.
  const ended = session === null && !to.startsWith('/sign-in');

  useEffect(() => {
    if (ended) void navigate({ to: '/sign-in', search: { to, ended: true }, replace: true });
    // Only the end of the session leads away; `to` changes with every click.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [ended, navigate]);

  if (session === undefined || session === null) return null;
  return (
    <AccountProvider session={session} none={<NoAccount />}>
      <Connected />
    </AccountProvider>
  );
}

function Connected() {
  const account = useAccount();
  const queryClient = useQueryClient();
  useShortcutKeys();
  // Much may change in a second: whoever looks at it from across a room sees no more of that.
  const renewWallboard = useThrottledCallback(
    () => void queryClient.invalidateQueries({ queryKey: statisticsLiveKey(account.id) }),
    1_000,
  );

  const onChanged = (lists: readonly ChangedList[]) => {
    if (lists.includes('mine') || lists.includes('waiting')) {
      void queryClient.invalidateQueries({ queryKey: conversationsKey(account.id) });
    }
    if (lists.includes('presence')) {
      void queryClient.invalidateQueries({ queryKey: presenceQuery(account.id).queryKey });
    }
    if (lists.includes('waiting') || lists.includes('presence')) renewWallboard();
    if (lists.includes('access')) void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  return (
    <LiveProvider
      accountId={account.id}
      connects={mayTalk(account)}
      onChanged={onChanged}
      onSignedOut={() => void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })}
    >
      <Attention />
      <Frame key={account.id} />
    </LiveProvider>
  );
}

function NoAccount() {
  const { t } = useText();
  return (
    <main>
      <EmptyState
        isPage
        icon={IconKey}
        title={t('no-account.title')}
        says={t('no-account.says')}
        action={<SignOutButton />}
      />
    </main>
  );
}
