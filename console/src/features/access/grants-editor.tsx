import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import { openingAuthorisations, withdrawRole, type Grant } from '@samtal/contract/access';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, ErrorState, Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { GiveRole } from './give-role.tsx';
import { HeldDialog } from './held-dialog.tsx';
import { grantsQuery, heldQuery, useRoleName, useRoles } from './queries.ts';
import { useScopeWords } from './scope-words.ts';

interface GrantsEditorProps {
  userId: string;
  /** What the user is called. */
  name: string;
}

/** Which roles a user holds, where and what for (B2, B3), what they come to, and the way to give and withdraw them. */
export function GrantsEditor({ userId, name }: GrantsEditorProps) {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const grants = useQuery(grantsQuery(account.id, userId));
  const [giving, setGiving] = useState(false);
  const [explaining, setExplaining] = useState(false);
  const mayManage = account.can('access.manage');
  const refresh = async () => {
    await queryClient.invalidateQueries({ queryKey: grantsQuery(account.id, userId).queryKey });
    await queryClient.invalidateQueries({ queryKey: heldQuery(account.id, userId).queryKey });
    await queryClient.invalidateQueries({ queryKey: ['account', account.id, 'users'] });
    await queryClient.invalidateQueries({ queryKey: ['session'] });
  };

  if (grants.error !== null && grants.data === undefined) {
    return <ErrorState error={grants.error} onRetry={() => void grants.refetch()} />;
  }
  return (
    <Stack gap="sm">
      <Rows
        query={grants}
        label={t('grant.title')}
        isEmpty={grants.data?.length === 0}
        empty={
          <Text size="sm" c="dimmed" p="md">
            {t('grant.none')}
          </Text>
        }
      >
        {grants.data?.map((grant) => (
          <GrantRow key={grant.id} grant={grant} mayManage={mayManage} onWithdrawn={refresh} />
        ))}
      </Rows>
      <Group gap="sm">
        {mayManage && !giving && (
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setGiving(true)}>
            {t('grant.give')}
          </Button>
        )}
        <Button variant="subtle" onClick={() => setExplaining(true)}>
          {t('held.show', { name })}
        </Button>
      </Group>
      {explaining && <HeldDialog userId={userId} name={name} onClose={() => setExplaining(false)} />}
      {giving && <GiveRole userId={userId} onGiven={refresh} onClose={() => setGiving(false)} />}
    </Stack>
  );
}

interface GrantRowProps {
  grant: Grant;
  mayManage: boolean;
  onWithdrawn: () => Promise<unknown>;
}

function GrantRow({ grant, mayManage, onWithdrawn }: GrantRowProps) {
  const { t } = useText();
  const account = useAccount();
  const roleName = useRoleName();
  const role = useRoles().data?.find((each) => each.id === grant.roleId);
  const scopeWords = useScopeWords();
  const name = role === undefined ? t('grant.role-unknown') : roleName(role);
  const words = scopeWords(grant.scope);
  const [asking, setAsking] = useState(false);
  const opens = openingAuthorisations.some((each) => role?.allows.includes(each));
  const purpose =
    grant.purpose !== ''
      ? t('grant.purpose-is', { purpose: grant.purpose })
      : opens
        ? t('grant.without-purpose')
        : undefined;

  const withdraw = async (reason: string) => {
    await call(withdrawRole, { params: { accountId: account.id, grantId: grant.id }, body: { reason } });
    await onWithdrawn();
  };
  return (
    <Row
      title={name}
      says={purpose}
      badges={
        words.length === 0 ? (
          <ToneBadge tone="neutral">{t('scope.everywhere')}</ToneBadge>
        ) : (
          words.map((word) => (
            <ToneBadge key={word} tone="accent">
              {word}
            </ToneBadge>
          ))
        )
      }
      actions={
        mayManage && (
          <>
            <ActionIcon aria-label={t('grant.withdraw', { role: name })} onClick={() => setAsking(true)}>
              <IconTrash size={18} />
            </ActionIcon>
            <ConfirmDialog
              opened={asking}
              title={t('grant.withdraw-title', { role: name })}
              says={t('grant.withdraw-says')}
              action={t('grant.withdraw-do')}
              danger
              asksReason
              onConfirm={withdraw}
              onClose={() => setAsking(false)}
            />
          </>
        )
      }
    />
  );
}
