import { ActionIcon, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { linkUser, unlinkUser, type IdentityProvider } from '@samtal/contract/federation';
import { listUsers } from '@samtal/contract/users';
import { IconUnlink, IconUsers } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { EmptyState, Row, Rows, ToneBadge, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { peopleQuery } from './queries.ts';

interface PeopleDialogProps {
  provider: IdentityProvider;
  onClose: () => void;
}

/** Who signs in by a provider. Users who are there already are linked here, and nowhere else. */
export function PeopleDialog({ provider: { id: providerId, name }, onClose }: PeopleDialogProps) {
  const { t, formats } = useText();
  const account = useAccount();
  const report = useReport();
  const queryClient = useQueryClient();
  const people = useQuery(peopleQuery(account.id, providerId));
  const refresh = async () =>
    await queryClient.invalidateQueries({ queryKey: peopleQuery(account.id, providerId).queryKey });
  const link = async (userId: string, subject: string) => {
    const body = subject === '' ? {} : { subject };
    await call(linkUser, { params: { accountId: account.id, providerId, userId }, body });
    await refresh();
  };
  const unlink = async (userId: string) => {
    await call(unlinkUser, { params: { accountId: account.id, providerId, userId } });
    await refresh();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('federation.people-of', { name })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Text size="sm">{t('federation.people-says')}</Text>
        {account.can('users.read') && (
          <LinkUser
            linked={people.data?.map(({ userId }) => userId) ?? []}
            onLink={(userId, subject) => report(link(userId, subject))}
          />
        )}
        <Rows
          query={people}
          label={t('federation.people-of', { name })}
          isEmpty={people.data?.length === 0}
          empty={
            <EmptyState
              icon={IconUsers}
              title={t('federation.people-none')}
              says={t('federation.people-none-says')}
            />
          }
        >
          {people.data?.map((person) => (
            <Row
              key={person.userId}
              title={
                <>
                  {person.name}
                  {!person.known && <ToneBadge tone="warning">{t('federation.not-yet')}</ToneBadge>}
                </>
              }
              says={`${person.email} · ${t('federation.linked-at', { at: formats.dateTime(person.linkedAt) })}`}
              actions={
                <ActionIcon
                  aria-label={t('federation.unlink', { name: person.name })}
                  onClick={() => void report(unlink(person.userId))}
                >
                  <IconUnlink size={18} />
                </ActionIcon>
              }
            />
          ))}
        </Rows>
      </Stack>
    </Modal>
  );
}

interface LinkUserProps {
  /** Who is there already. */
  linked: readonly string[];
  /** By the name there; '' where the first one with the address is the user. */
  onLink: (userId: string, subject: string) => Promise<unknown>;
}

function LinkUser({ linked, onLink }: LinkUserProps) {
  const { t } = useText();
  const account = useAccount();
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [subject, setSubject] = useState('');
  const [busy, setBusy] = useState(false);
  const [settled] = useDebouncedValue(search.trim(), 250);
  const users = useQuery({
    queryKey: ['account', account.id, 'users', 'to-link', settled],
    queryFn: async () =>
      (
        await call(listUsers, {
          params: { accountId: account.id },
          query: { limit: 50, ...(settled === '' ? {} : { search: settled }) },
        })
      ).items,
    placeholderData: keepPreviousData,
  });
  const link = async () => {
    if (chosen === null) return;
    setBusy(true);
    await onLink(chosen, subject.trim());
    setBusy(false);
    setChosen(null);
    setSubject('');
    setSearch('');
  };
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="sm">
        <Select
          flex={1}
          miw="14rem"
          label={t('federation.link')}
          placeholder={t('user.search')}
          data={(users.data ?? [])
            .filter(({ id }) => !linked.includes(id))
            .map(({ id, name, email }) => ({ value: id, label: `${name} (${email})` }))}
          value={chosen}
          onChange={setChosen}
          searchable
          searchValue={search}
          onSearchChange={setSearch}
          filter={({ options }) => options}
          nothingFoundMessage={t('nothing-found')}
        />
        <TextInput
          flex={1}
          miw="12rem"
          label={t('federation.link-subject')}
          maxLength={512}
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
        <Button variant="default" loading={busy} disabled={chosen === null} onClick={() => void link()}>
          {t('federation.link-do')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {t('federation.link-subject-says')}
      </Text>
    </Stack>
  );
}
