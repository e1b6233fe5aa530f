import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import {
  endOtherSessions,
  endOwnSession,
  endSessionOfUser,
  listOwnSessions,
  listSessionsOfUser,
  type SessionOfPerson,
} from '@samtal/contract/signin';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, useReport, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import classes from './sessions.module.css';

const ownQuery = queryOptions({ queryKey: ['sessions'], queryFn: () => call(listOwnSessions) });

/** Where the user is signed in, on the own page (C6). */
export function OwnSessions() {
  const { t } = useText();
  const report = useReport();
  const queryClient = useQueryClient();
  const sessions = useQuery(ownQuery);
  const items = sessions.data?.items ?? [];
  const ending = async (work: Promise<unknown>) => {
    await work;
    await queryClient.invalidateQueries(ownQuery);
    announce(t('sessions.ended'));
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('sessions.says')}
      </Text>
      <SessionList
        items={sessions.data?.items}
        error={sessions.error}
        onEnd={(sessionId) => void report(ending(call(endOwnSession, { params: { sessionId } })))}
      />
      {items.length > 1 && (
        <Button
          variant="default"
          style={{ alignSelf: 'flex-start' }}
          onClick={() => void report(ending(call(endOtherSessions)))}
        >
          {t('sessions.end-others')}
        </Button>
      )}
    </Stack>
  );
}

/** The same of a user, for those who manage users. */
export function SessionsOfUser({ userId }: { userId: string }) {
  const { t } = useText();
  const report = useReport();
  const queryClient = useQueryClient();
  const params = { accountId: useAccount().id, userId };
  const query = queryOptions({
    queryKey: ['account', params.accountId, 'sessions', userId],
    queryFn: () => call(listSessionsOfUser, { params }),
  });
  const sessions = useQuery(query);
  const end = async (sessionId: string) => {
    await call(endSessionOfUser, { params: { ...params, sessionId } });
    await queryClient.invalidateQueries(query);
    announce(t('sessions.ended'));
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('sessions.of-user-says')}
      </Text>
      <SessionList
        items={sessions.data?.items}
        error={sessions.error}
        onEnd={(sessionId) => void report(end(sessionId))}
      />
    </Stack>
  );
}

interface SessionListProps {
  items: readonly SessionOfPerson[] | undefined;
  error: Error | null;
  onEnd: (sessionId: string) => void;
}

function SessionList({ items, error, onEnd }: SessionListProps) {
  const { t, formats } = useText();
  const problemText = useProblemText();
  if (error !== null && items === undefined)
    return (
      <Alert color="red" variant="light" role="alert">
        {problemText(error)}
      </Alert>
    );
  // The one that the user is in first: with it the others are compared.
  const shown = items?.toSorted((one, other) => Number(other.isCurrent) - Number(one.isCurrent));
  if (items?.length === 0) return <Text size="sm">{t('sessions.none')}</Text>;
  return (
    <ul className={classes.sessions} aria-label={t('sessions.title')}>
      {shown?.map(({ id, browser, system, device, startedAt, usedAt, isCurrent }) => {
        const name = browser ?? t('sessions.unknown');
        const title = system === null ? name : t('sessions.on', { browser: name, system });
        return (
          <li key={id}>
            <div>
              <Group gap="xs">
                <Text fw={600} size="sm">
                  {title}
                </Text>
                {device === 'mobile' && <ToneBadge tone="neutral">{t('sessions.mobile')}</ToneBadge>}
                {isCurrent && <ToneBadge tone="accent">{t('sessions.current')}</ToneBadge>}
              </Group>
              <Text size="xs" c="dimmed">
                {t('sessions.times', {
                  started: formats.dateTime(startedAt),
                  used: formats.dateTime(usedAt),
                })}
              </Text>
            </div>
            {!isCurrent && (
              <Button
                size="xs"
                variant="default"
                aria-label={t('sessions.end-of', { name: title })}
                onClick={() => onEnd(id)}
              >
                {t('sessions.end')}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
