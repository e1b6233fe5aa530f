import {
  Alert,
  Button,
  Divider,
  Group,
  Modal,
  NumberInput,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { changeUser, inviteUserAgain, removeUser, type Invitation, type User } from '@samtal/contract/users';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, ConfirmDialog, useOwnEscape, ReasonField, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { GrantsEditor } from '../access/index.ts';
import { FactorsOfUser } from '../factors/index.ts';
import { SessionsOfUser } from '../signin/index.ts';
import { InvitationLink } from './invite-dialog.tsx';

/** One user: name, limit and status, roles, and removal. */
export function UserDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useText();
  const account = useAccount();
  const mayManage = account.can('users.manage');
  const escape = useOwnEscape(onClose);
  return (
    <Modal
      opened
      onClose={onClose}
      {...escape}
      title={user.name}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack gap="lg">
        <Text size="sm" c="dimmed">
          {user.email}
        </Text>
        {user.status === 'invited' && mayManage && <InvitedNotice user={user} />}
        {user.inactiveBecause !== null && (
          <Alert color="gray" variant="light" title={t('user.inactive-title')}>
            {t(`user.inactive-because.${user.inactiveBecause}`)}
          </Alert>
        )}
        {mayManage && <UserForm user={user} />}
        {account.can('access.read') && (
          <section>
            <Title order={3} mb="xs">
              {t('grant.title')}
            </Title>
            <GrantsEditor userId={user.id} name={user.name} />
          </section>
        )}
        {mayManage && user.status === 'active' && (
          <section>
            <Title order={3} mb="xs">
              {t('sessions.title')}
            </Title>
            <SessionsOfUser userId={user.id} />
          </section>
        )}
        {mayManage && (
          <section>
            <Title order={3} mb="xs">
              {t('factor.of-user')}
            </Title>
            <FactorsOfUser accountId={account.id} userId={user.id} name={user.name} />
          </section>
        )}
        {mayManage && <RemoveUser user={user} onRemoved={onClose} />}
      </Stack>
    </Modal>
  );
}

function useRefreshUsers() {
  const account = useAccount();
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ['account', account.id, 'users'] });
}

function InvitedNotice({ user }: { user: User }) {
  const { t } = useText();
  const account = useAccount();
  const report = useReport();
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const again = async () => {
    setInvitation(await call(inviteUserAgain, { params: { accountId: account.id, userId: user.id } }));
  };
  return (
    <Alert color="yellow" variant="light" title={t('user.invited')}>
      <Stack align="flex-start" gap="xs">
        <Text size="sm">{t('user.invited-says')}</Text>
        <Button size="xs" variant="default" onClick={() => void report(again())}>
          {t('user.invite-again')}
        </Button>
      </Stack>
      {invitation !== null && <InvitationLink invitation={invitation} onClose={() => setInvitation(null)} />}
    </Alert>
  );
}

function UserForm({ user }: { user: User }) {
  const { t } = useText();
  const account = useAccount();
  const problemText = useProblemText();
  const refresh = useRefreshUsers();
  const [name, setName] = useState(user.name);
  const [limit, setLimit] = useState<number | string>(user.maxConversations);
  const [reason, setReason] = useState('');
  const [active, setActive] = useState(user.status !== 'inactive');

  const change = useMutation({
    mutationFn: () =>
      call(changeUser, {
        params: { accountId: account.id, userId: user.id },
        body: {
          name: name.trim(),
          maxConversations: Number(limit),
          version: user.version,
          reason,
          ...(user.status === 'invited'
            ? {}
            : { status: active ? ('active' as const) : ('inactive' as const) }),
        },
      }),
    onSuccess: async () => {
      announce(t('saved'));
      setReason('');
      await refresh();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" align="flex-start">
        <TextInput
          w="100%"
          label={t('name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={120}
          required
          withAsterisk={false}
        />
        <NumberInput
          w="100%"
          label={t('user.limit')}
          description={t('user.limit-says')}
          value={limit}
          onChange={setLimit}
          min={1}
          max={50}
          allowDecimal={false}
          required
          withAsterisk={false}
        />
        {user.status !== 'invited' && (
          <Switch
            label={t('user.may-sign-in')}
            description={t('user.may-sign-in-says')}
            checked={active}
            onChange={(event) => setActive(event.currentTarget.checked)}
          />
        )}
        <ReasonField value={reason} onChange={setReason} />
        {change.error !== null && (
          <Alert color="red" variant="light" role="alert" w="100%">
            {problemText(change.error)}
          </Alert>
        )}
        <Button type="submit" loading={change.isPending}>
          {t('save')}
        </Button>
      </Stack>
    </form>
  );
}

function RemoveUser({ user, onRemoved }: { user: User; onRemoved: () => void }) {
  const { t } = useText();
  const account = useAccount();
  const refresh = useRefreshUsers();
  const [asking, setAsking] = useState(false);
  const remove = async (reason: string) => {
    await call(removeUser, { params: { accountId: account.id, userId: user.id }, body: { reason } });
    await refresh();
    onRemoved();
  };
  return (
    <>
      <Divider />
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw="24rem">
          {t('user.remove-hint')}
        </Text>
        <Button variant="default" c="var(--mantine-color-error)" onClick={() => setAsking(true)}>
          {t('user.remove')}
        </Button>
      </Group>
      <ConfirmDialog
        opened={asking}
        title={t('user.remove-title', { name: user.name, account: account.name })}
        says={t('user.remove-says')}
        action={t('user.remove')}
        danger
        asksReason
        onConfirm={remove}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
