import { Button, Skeleton } from '@mantine/core';
import { IconCoffee, IconInbox, IconMessages } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useAccount } from '../accounts/index.ts';
import { useOwnPresence } from '../routing/index.ts';
import { useSession } from '../signin/index.ts';
import { useText } from '../../text/index.ts';
import { EmptyState, ErrorState, useReport } from '../../ui/index.ts';
import { ActiveItem } from './active-item.tsx';
import { OfferItem } from './offer-item.tsx';
import { useMine, useWaiting } from './queries.ts';
import { WaitingItem } from './waiting-item.tsx';
import classes from './lists.module.css';

/** The left column: what is offered, what the agent has, and who waits. */
export function ConversationLists() {
  const account = useAccount();
  const { t } = useText();
  const mine = useMine();
  const offered = mine.data?.filter((conversation) => conversation.state === 'offered') ?? [];
  const active = mine.data?.filter((conversation) => conversation.state === 'active') ?? [];

  return (
    <section className={classes.lists} aria-labelledby="lists-title">
      <h1 className={classes.listsTitle} id="lists-title">
        {t('workspace.title')}
      </h1>
      {account.can('conversations.handle') && (
        <>
          {offered.length > 0 && (
            <ListSection id="offered" title={t('offered.title')} count={offered.length}>
              {offered.map((conversation) => (
                <OfferItem key={conversation.id} conversation={conversation} />
              ))}
            </ListSection>
          )}
          <ListSection id="mine" title={t('mine.title')} count={active.length}>
            {mine.isLoading && <ItemSkeletons />}
            {mine.error !== null && mine.data === undefined && (
              <ErrorState error={mine.error} onRetry={() => void mine.refetch()} />
            )}
            {active.map((conversation) => (
              <ActiveItem key={conversation.id} conversation={conversation} />
            ))}
            {mine.data !== undefined && active.length === 0 && <NothingMine offers={offered.length} />}
          </ListSection>
        </>
      )}
      {account.can('conversations.take') && <WaitingSection />}
    </section>
  );
}

function WaitingSection() {
  const { t } = useText();
  const session = useSession();
  const waiting = useWaiting();
  // What is offered to the reader stands above already.
  const others = waiting.data?.filter((conversation) => conversation.agentId !== session?.user.id);
  return (
    <ListSection id="waiting" title={t('waiting.title')} count={others?.length ?? 0}>
      {waiting.isLoading && <ItemSkeletons />}
      {waiting.error !== null && waiting.data === undefined && (
        <ErrorState error={waiting.error} onRetry={() => void waiting.refetch()} />
      )}
      {others?.map((conversation) => (
        <WaitingItem key={conversation.id} conversation={conversation} />
      ))}
      {others?.length === 0 && (
        <EmptyState icon={IconInbox} title={t('waiting.none')} says={t('waiting.none-says')} />
      )}
    </ListSection>
  );
}

function NothingMine({ offers }: { offers: number }) {
  const { t } = useText();
  const presence = useOwnPresence();
  const report = useReport();
  if (offers > 0) return <p className={classes.quiet}>{t('mine.none-but-offers')}</p>;
  if (presence.state !== 'away') {
    return <EmptyState icon={IconMessages} title={t('mine.none')} says={t('mine.none-says')} />;
  }
  return (
    <EmptyState
      icon={IconCoffee}
      title={t('mine.away')}
      says={t('mine.away-says')}
      action={
        <Button
          loading={presence.change.isPending}
          onClick={() => void report(presence.change.mutateAsync('available'))}
        >
          {t('presence.go-available')}
        </Button>
      }
    />
  );
}

interface ListSectionProps {
  id: string;
  title: string;
  count: number;
  children: ReactNode;
}

function ListSection({ id, title, count, children }: ListSectionProps) {
  const { formats } = useText();
  return (
    <section className={classes.section} aria-labelledby={`list-${id}`} data-list={id}>
      <h2 className={classes.sectionTitle} id={`list-${id}`} tabIndex={-1}>
        {title}
        {count > 0 && <span className={classes.sectionCount}>{formats.number(count)}</span>}
      </h2>
      <div className={classes.items}>{children}</div>
    </section>
  );
}

function ItemSkeletons() {
  return [0, 1, 2].map((each) => (
    <div key={each} className={classes.item} aria-hidden="true">
      <Skeleton height={12} width="45%" />
      <Skeleton height={10} mt={10} />
      <Skeleton height={8} mt={8} width="65%" />
    </div>
  ));
}

/** Moves the focus to the first item of a list, or to its heading while it is empty. */
export function useFocusList() {
  const navigate = useNavigate();
  return async (id: 'mine' | 'waiting') => {
    await navigate({ to: '/' });
    const list = document.querySelector(`[data-list="${id}"]`);
    const first = list?.querySelector<HTMLElement>('a, button') ?? list?.querySelector<HTMLElement>('h2');
    first?.focus();
  };
}
