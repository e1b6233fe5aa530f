import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { listUsers, type User } from '@samtal/contract/users';
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { EmptyState, Page, Row, Rows, ToneBadge, type Tone } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useRoleName } from '../access/index.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { UserDialog } from './user-dialog.tsx';

const statusTones: Record<User['status'], Tone> = { active: 'good', invited: 'warning', inactive: 'neutral' };

export function UsersPage() {
  const { t } = useText();
  const account = useAccount();
  const [search, setSearch] = useState('');
  const [inviting, setInviting] = useState(false);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const users = useUsers(useDebouncedValue(search.trim(), 250)[0]);
  const list = users.data?.pages.flatMap((page) => page.items) ?? [];
  const opened = list.find((user) => user.id === openedId) ?? null;

  const invite = account.can('users.manage') ? (
    <Button leftSection={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
      {t('user.invite')}
    </Button>
  ) : null;
  return (
    <Page title={t('admin.users')} says={t('user.says')} actions={invite}>
      <TextInput
        mb="md"
        maw="24rem"
        type="search"
        aria-label={t('user.search')}
        placeholder={t('user.search')}
        leftSection={<IconSearch size={16} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        maxLength={120}
      />
      <Rows
        query={users}
        label={t('admin.users')}
        isEmpty={list.length === 0}
        empty={
          search === '' ? (
            <EmptyState icon={IconUsers} title={t('user.none')} says={t('user.none-says')} action={invite} />
          ) : (
            <EmptyState icon={IconSearch} title={t('nothing-found')} says={t('user.none-found')} />
          )
        }
      >
        {list.map((user) => (
          <UserRow key={user.id} user={user} onOpen={() => setOpenedId(user.id)} />
        ))}
      </Rows>
      {users.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={users.isFetchingNextPage}
          onClick={() => void users.fetchNextPage()}
        >
          {t('load-more')}
        </Button>
      )}
      {inviting && <InviteDialog onClose={() => setInviting(false)} onOpenUser={setOpenedId} />}
      {opened !== null && <UserDialog key={opened.id} user={opened} onClose={() => setOpenedId(null)} />}
    </Page>
  );
}

function useUsers(search: string) {
  const account = useAccount();
  return useInfiniteQuery({
    queryKey: ['account', account.id, 'users', search],
    queryFn: ({ pageParam }) =>
      call(listUsers, {
        params: { accountId: account.id },
        query: {
          limit: 50,
          ...(search === '' ? {} : { search }),
          ...(pageParam === null ? {} : { cursor: pageParam }),
        },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

/** Why somebody is inactive, in a word or two where it was no administrator. */
function statusWord({ status, inactiveBecause }: User) {
  if (inactiveBecause === 'unused' || inactiveBecause === 'directory')
    return `user.${inactiveBecause}` as const;
  return `user.${status}` as const;
}

function UserRow({ user, onOpen }: { user: User; onOpen: () => void }) {
  const { t, formats } = useText();
  const roleName = useRoleName();
  const seen = [
    user.lastSignInAt === null
      ? t('user.never-seen')
      : t('user.seen', { at: formats.dateTime(user.lastSignInAt) }),
    // Of the day of the sign-in there is nothing to add.
    ...(user.lastActiveOn === null || user.lastSignInAt?.startsWith(user.lastActiveOn) === true
      ? []
      : [t('user.active-on', { day: formats.day(user.lastActiveOn) })]),
  ].join(' · ');
  return (
    <Row
      title={
        <>
          {user.name}
          {user.status !== 'active' && (
            <ToneBadge tone={statusTones[user.status]}>{t(statusWord(user))}</ToneBadge>
          )}
        </>
      }
      says={`${user.email} · ${seen}`}
      badges={
        user.roles.length === 0 ? (
          <ToneBadge tone="warning">{t('user.no-roles')}</ToneBadge>
        ) : (
          user.roles.map(({ grantId, ...role }) => (
            <ToneBadge key={grantId} tone="accent">
              {roleName(role)}
            </ToneBadge>
          ))
        )
      }
      actions={
        <Button variant="default" size="xs" onClick={onOpen} aria-label={t('open.of', { name: user.name })}>
          {t('open')}
        </Button>
      }
    />
  );
}
