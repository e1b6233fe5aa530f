import { Alert, Button, Group, Select, Stack } from '@mantine/core';
import { giveRole, openingAuthorisations, type Scope } from '@samtal/contract/access';
import { useState } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ReasonField } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useRoleName, useRoles } from './queries.ts';
import { ScopeEditor } from './scope-editor.tsx';

interface GiveRoleProps {
  userId: string;
  onGiven: () => Promise<unknown>;
  onClose: () => void;
}

/** Gives a role: which, where, and what for (B3). */
export function GiveRole({ userId, onGiven, onClose }: GiveRoleProps) {
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

  const role = roles.find(({ id }) => id === roleId);
  const opens = openingAuthorisations.some((name) => role?.allows.includes(name));

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
      <ReasonField
        label={t('grant.purpose')}
        says={opens ? t('grant.purpose-says') : undefined}
        value={reason}
        onChange={setReason}
        required={opens}
      />
      {error !== null && (
        <Alert color="red" variant="light" role="alert">
          {problemText(error)}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button
          loading={busy}
          disabled={roleId === null || (opens && reason.trim() === '')}
          onClick={() => void give()}
        >
          {t('grant.give')}
        </Button>
      </Group>
    </Stack>
  );
}
