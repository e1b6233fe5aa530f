import { Button, Skeleton } from '@mantine/core';
import { useFullscreenElement } from '@mantine/hooks';
import type { LiveFigures } from '@samtal/contract/statistics';
import { IconArrowsMaximize, IconArrowsMinimize, IconUsers } from '@tabler/icons-react';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { mayTalk } from '../../shell/places.ts';
import { useText } from '../../text/index.ts';
import { EmptyState, ErrorState, Page, ToneBadge, ToneDot, useNow } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useConnectionState } from '../realtime/index.ts';
import { AgentCards } from './agent-cards.tsx';
import { Explained } from './explained.tsx';
import { liveQuery } from './queries.ts';
import { useScopeText } from './scope-note.tsx';
import { TodaySoFar } from './today-so-far.tsx';
import { useAwakeScreen } from './use-awake-screen.ts';
import { waitedSeconds } from './waited.ts';
import classes from './wallboard.module.css';

/** How things are at this moment, for a desk or a screen on the wall. The server says when it has changed. */
export function WallboardPage() {
  const { t } = useText();
  const account = useAccount();
  const isTold = mayTalk(account);
  const query = useQuery(liveQuery(account.id, { isTold }));
  const { ref, toggle, fullscreen } = useFullscreenElement<HTMLDivElement>();
  useAwakeScreen(fullscreen);
  const Arrows = fullscreen ? IconArrowsMinimize : IconArrowsMaximize;
  const fullscreenButton = document.fullscreenEnabled && (
    <Button variant="default" leftSection={<Arrows size={16} />} onClick={() => void toggle()}>
      {t(fullscreen ? 'statistics.leave-full-screen' : 'statistics.full-screen')}
    </Button>
  );
  return (
    <div ref={ref} className={classes.board} data-fullscreen={fullscreen || undefined}>
      <Page
        wide
        title={t('statistics.live')}
        says={<Standing query={query} isTold={isTold} />}
        actions={fullscreenButton}
      >
        {query.isLoading && <Skeleton height={360} radius="lg" aria-label={t('loading')} />}
        {query.error !== null && query.data === undefined && (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )}
        {query.data !== undefined && <Board live={query.data} answeredAt={query.dataUpdatedAt} />}
      </Page>
    </div>
  );
}

/** Of what part of the account the board is, and whether it is still told of changes. */
function Standing({ query, isTold }: { query: UseQueryResult<LiveFigures>; isTold: boolean }) {
  const { t, formats } = useText();
  const account = useAccount();
  const scope = useScopeText(query.data?.scopes);
  const isConnected = useConnectionState() === 'online';
  const isOnline = isTold ? isConnected : query.error === null;
  return (
    <span className={classes.standing}>
      <span>{scope ?? t('statistics.whole', { account: account.name })}</span>
      <span role="status">
        <ToneBadge tone={isOnline ? 'good' : 'warning'}>
          <ToneDot tone={isOnline ? 'good' : 'warning'} />
          {isOnline && t('statistics.up-to-date')}
          {!isOnline && query.dataUpdatedAt === 0 && t('connection.reconnecting')}
          {!isOnline &&
            query.dataUpdatedAt > 0 &&
            t('statistics.as-of', { at: formats.time(query.dataUpdatedAt) })}
        </ToneBadge>
      </span>
      <Clock />
    </span>
  );
}

function Clock() {
  const { formats } = useText();
  return <span className={classes.clock}>{formats.time(useNow())}</span>;
}

interface BoardProps {
  live: LiveFigures;
  /** By the clock of this machine. */
  answeredAt: number;
}

function Board({ live, answeredAt }: BoardProps) {
  const { t } = useText();
  if (live.queues.length === 0 && live.agents.length === 0)
    return (
      <EmptyState
        icon={IconUsers}
        title={t('statistics.nothing-yours')}
        says={t('statistics.nothing-yours-says')}
      />
    );
  return (
    <>
      <Sums live={live} answeredAt={answeredAt} />
      <div className={classes.halves}>
        <Queues live={live} answeredAt={answeredAt} />
        <AgentCards agents={live.agents} />
      </div>
      <TodaySoFar />
    </>
  );
}

function Sums({ live, answeredAt }: BoardProps) {
  const { t, formats } = useText();
  const now = useNow();
  const sum = (name: 'waiting' | 'offered' | 'active') =>
    live.queues.reduce((total, queue) => total + queue[name], 0);
  const longest = live.queues
    .map((queue) => waitedSeconds(queue.longestWaitSeconds, { answeredAt, now }))
    .reduce<number | null>((most, each) => (each === null || (most ?? -1) > each ? most : each), null);
  const available = live.agents.filter(({ state }) => state === 'available');
  const free = available.reduce(
    (places, { conversations, maxConversations }) => places + Math.max(0, maxConversations - conversations),
    0,
  );
  const isLate = longest !== null && longest > live.serviceLevel.seconds;
  return (
    <dl className={classes.sums}>
      <Sum what="waiting" value={formats.number(sum('waiting'))} />
      <Sum
        what="longest-wait"
        value={longest === null ? '–' : formats.seconds(longest)}
        {...(isLate
          ? { note: t('statistics.late', { seconds: formats.seconds(live.serviceLevel.seconds) }) }
          : {})}
      />
      <Sum what="being-offered" value={formats.number(sum('offered'))} />
      <Sum what="active" value={formats.number(sum('active'))} />
      <Sum what="available" value={formats.number(available.length)} />
      <Sum what="free-places" value={formats.number(free)} />
    </dl>
  );
}

interface SumProps {
  what: 'waiting' | 'longest-wait' | 'being-offered' | 'active' | 'available' | 'free-places';
  value: string;
  /** Says what the colour does. */
  note?: string;
}

function Sum({ what, value, note }: SumProps) {
  const { t } = useText();
  return (
    <div className={classes.sum} data-late={note !== undefined || undefined}>
      <dt>
        <Explained title={t(`statistics.${what}`)}>
          <p>{t(`statistics.${what}-says`)}</p>
        </Explained>
      </dt>
      <dd>
        {value}
        {note !== undefined && <span>{note}</span>}
      </dd>
    </div>
  );
}

function Queues({ live, answeredAt }: BoardProps) {
  const { t, formats } = useText();
  const now = useNow();
  return (
    <section className={classes.panel} aria-label={t('statistics.queues')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('statistics.by.queue')}</th>
            <th scope="col">{t('statistics.waiting')}</th>
            <th scope="col">{t('statistics.longest-wait')}</th>
            <th scope="col">{t('statistics.being-offered')}</th>
            <th scope="col">{t('statistics.active')}</th>
          </tr>
        </thead>
        <tbody>
          {live.queues.map((queue) => {
            const waited = waitedSeconds(queue.longestWaitSeconds, { answeredAt, now });
            return (
              <tr key={queue.queueId}>
                <th scope="row">
                  <Link
                    to="/statistics/$subject"
                    params={{ subject: 'queues' }}
                    search={{ period: 'today', queue: queue.queueId }}
                  >
                    {queue.name}
                  </Link>
                </th>
                <td data-some={queue.waiting > 0 || undefined}>{formats.number(queue.waiting)}</td>
                <td data-late={(waited !== null && waited > live.serviceLevel.seconds) || undefined}>
                  {waited === null ? '–' : formats.seconds(waited)}
                </td>
                <td>{formats.number(queue.offered)}</td>
                <td>{formats.number(queue.active)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
