import { IconKey } from '@tabler/icons-react';
import { Navigate } from '@tanstack/react-router';
import { useAccount } from '../features/accounts/index.ts';
import { useText } from '../text/index.ts';
import { EmptyState } from '../ui/index.ts';
import { mayTalk, placesFor } from './places.ts';
import { WorkspacePage } from '../features/conversations/workspace-page.tsx';

/** The first page: the workspace for those who talk with visitors, else the first place the user may go. */
export function Home() {
  const { t } = useText();
  const account = useAccount();
  if (mayTalk(account)) return <WorkspacePage />;
  const places = placesFor(account);
  // Whoever administers has come to do so: figures are where one goes from there.
  const first = places.find(({ to }) => to !== '/statistics') ?? places[0];
  if (first !== undefined) return <Navigate to={first.to} replace />;
  return (
    <EmptyState
      icon={IconKey}
      title={t('no-roles.title')}
      says={t('no-roles.says', { account: account.name })}
    />
  );
}
