import { ActionIcon, Alert, Button, Group, MultiSelect, Select, Stack, Text } from '@mantine/core';
import { giveRole, withdrawRole, type Grant, type Scope } from '@samtal/contract/access';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, ErrorState, ReasonField, Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useQueues } from '../routing/index.ts';
import { useSites } from '../sites/index.ts';
import { useUnitNames, useUnits } from '../units/index.ts';
import { grantsQuery, useRoleName, useRoles } from './queries.ts';

/** Which roles a user holds and where (B2), and the way to give and withdraw them. */
export function GrantsEditor({ userId }: { userId: string }) {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const grants = useQuery(grantsQuery(account.id, userId));
  const [giving, setGiving] = useState(false);
  const mayManage = account.can('access.manage');
  const refresh = async () => {
    await queryClient.invalidateQueries({ queryKey: grantsQuery(account.id, userId).queryKey });
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
      {mayManage && !giving && (
        <Button
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => setGiving(true)}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('grant.give')}
        </Button>
      )}
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

  const withdraw = async (reason: string) => {
    await call(withdrawRole, { params: { accountId: account.id, grantId: grant.id }, body: { reason } });
    await onWithdrawn();
  };
  return (
    <Row
      title={name}
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

/** A scope in words, one for each dimension that narrows. */
export function useScopeWords(): (scope: Scope) => string[] {
  const { t } = useText();
  const queues = useQueues().data ?? [];
  const sites = useSites().data ?? [];
  const nameOf = (things: readonly { id: string; name: string }[]) => (id: string) =>
    things.find((thing) => thing.id === id)?.name ?? t('scope.unknown');
  const unitName = useUnitNames();
  const nameOfUnit = (id: string) => unitName(id) ?? t('scope.unknown');
  return ({ unit, queue, site }) => [
    ...(unit === undefined ? [] : [t('scope.unit-is', { value: unit.map(nameOfUnit).join(', ') })]),
    ...(queue === undefined ? [] : [t('scope.queue-is', { value: queue.map(nameOf(queues)).join(', ') })]),
    ...(site === undefined ? [] : [t('scope.site-is', { value: site.map(nameOf(sites)).join(', ') })]),
  ];
}

interface GiveRoleProps {
  userId: string;
  onGiven: () => Promise<unknown>;
  onClose: () => void;
}

function GiveRole({ userId, onGiven, onClose }: GiveRoleProps) {
  const { t } = useText();
  const account = useAccount();
  const problemText = useProblemText();
  const roleName = useRoleName();
  const roles = useRoles().data ?? [];
  const [roleId, setRoleId] = useState<string | null>(null);
  const [scope, setScope] = useState<Scope>({});
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const give = async () => {
    if (roleId === null) return;
    setBusy(true);
    setError(null);
    try {
      await call(giveRole, { params: { accountId: account.id }, body: { userId, roleId, scope, reason } });
      await onGiven();
      onClose();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <Stack
      gap="sm"
      p="md"
      bd="1px solid var(--s-border)"
      style={{ borderRadius: 'var(--mantine-radius-lg)' }}
    >
      <Select
        label={t('grant.role')}
        placeholder={t('choose')}
        data={roles.map((role) => ({ value: role.id, label: roleName(role) }))}
        value={roleId}
        onChange={setRoleId}
        searchable
        nothingFoundMessage={t('nothing-found')}
      />
      <ScopeEditor scope={scope} onChange={setScope} />
      <ReasonField value={reason} onChange={setReason} />
      {error !== null && (
        <Alert color="red" variant="light" role="alert">
          {problemText(error)}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button loading={busy} disabled={roleId === null} onClick={() => void give()}>
          {t('grant.give')}
        </Button>
      </Group>
    </Stack>
  );
}

export function ScopeEditor({ scope, onChange }: { scope: Scope; onChange: (scope: Scope) => void }) {
  const { t } = useText();
  const queues = useQueues().data ?? [];
  const sites = useSites().data ?? [];
  const units = useUnits().data ?? [];
  const unitName = useUnitNames();

  const set = (dimension: keyof Scope, values: string[]) => {
    const { [dimension]: _before, ...others } = scope;
    onChange(values.length === 0 ? others : { ...others, [dimension]: values });
  };
  return (
    <Stack gap="sm" component="fieldset" bd={0} p={0} m={0}>
      <Text component="legend" size="sm" fw={600} mb={4}>
        {t('scope.title')}
      </Text>
      <Text size="sm" c="dimmed">
        {t('scope.says')}
      </Text>
      {units.length > 0 && (
        <MultiSelect
          label={t('scope.unit')}
          description={t('scope.unit-says')}
          placeholder={scope.unit === undefined ? t('scope.all') : ''}
          data={units.map(({ id, name }) => ({ value: id, label: unitName(id) ?? name }))}
          value={scope.unit ?? []}
          onChange={(values) => set('unit', values)}
          searchable
          nothingFoundMessage={t('nothing-found')}
        />
      )}
      <MultiSelect
        label={t('scope.queue')}
        placeholder={scope.queue === undefined ? t('scope.all') : ''}
        data={queues.map((queue) => ({ value: queue.id, label: queue.name }))}
        value={scope.queue ?? []}
        onChange={(values) => set('queue', values)}
        searchable
      />
      <MultiSelect
        label={t('scope.site')}
        placeholder={scope.site === undefined ? t('scope.all') : ''}
        data={sites.map((site) => ({ value: site.id, label: site.name }))}
        value={scope.site ?? []}
        onChange={(values) => set('site', values)}
        searchable
      />
    </Stack>
  );
}
