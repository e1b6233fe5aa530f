import { ActionIcon, Button, Group } from '@mantine/core';
import { deleteRole, type Role } from '@samtal/contract/access';
import { IconEye, IconKey, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, EmptyState, Page, Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { rolesQuery, useRoleName, useRoles } from './queries.ts';
import { HoldersDialog } from './holders-dialog.tsx';
import { RoleDialog } from './role-dialog.tsx';

/** `new`: a role that is not there yet. */
type Editing = Role | 'new' | null;

export function RolesPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const roles = useRoles();
  const roleName = useRoleName();
  const [editing, setEditing] = useState<Editing>(null);
  const [asking, setAsking] = useState(false);
  const [removing, setRemoving] = useState<Role | null>(null);
  const mayManage = account.can('access.manage');
  const refresh = () => queryClient.invalidateQueries({ queryKey: rolesQuery(account.id).queryKey });

  const add = mayManage ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
      {t('role-page.add')}
    </Button>
  ) : null;
  const remove = async (reason: string) => {
    if (removing === null) return;
    await call(deleteRole, { params: { accountId: account.id, roleId: removing.id }, body: { reason } });
    await refresh();
  };
  return (
    <Page
      title={t('admin.roles')}
      says={t('role-page.says')}
      actions={
        <Group gap="sm">
          <Button variant="default" onClick={() => setAsking(true)}>
            {t('holders.title')}
          </Button>
          {add}
        </Group>
      }
    >
      <Rows
        query={roles}
        label={t('admin.roles')}
        isEmpty={roles.data?.length === 0}
        empty={<EmptyState icon={IconKey} title={t('role-page.none')} action={add} />}
      >
        {roles.data?.map((role) => (
          <RoleRow
            key={role.id}
            role={role}
            roles={roles.data}
            mayManage={mayManage && role.builtIn === null}
            onOpen={() => setEditing(role)}
            onDelete={() => setRemoving(role)}
          />
        ))}
      </Rows>
      {asking && <HoldersDialog onClose={() => setAsking(false)} />}
      {editing !== null && (
        <RoleDialog
          role={editing === 'new' ? null : editing}
          roles={roles.data ?? []}
          mayManage={mayManage}
          onSaved={refresh}
          onClose={() => setEditing(null)}
        />
      )}
      <ConfirmDialog
        opened={removing !== null}
        title={t('role-page.delete-title', { name: removing === null ? '' : roleName(removing) })}
        says={t('role-page.delete-says')}
        action={t('delete')}
        danger
        asksReason
        onConfirm={remove}
        onClose={() => setRemoving(null)}
      />
    </Page>
  );
}

interface RoleRowProps {
  role: Role;
  roles: readonly Role[];
  mayManage: boolean;
  onOpen: () => void;
  onDelete: () => void;
}

function RoleRow({ role, roles, mayManage, onOpen, onDelete }: RoleRowProps) {
  const { t, count } = useText();
  const roleName = useRoleName();
  const name = roleName(role);
  const held = roles.filter((each) => role.roles.includes(each.id));
  return (
    <Row
      title={
        <>
          {name} {role.builtIn !== null && <ToneBadge tone="neutral">{t('role-page.built-in')}</ToneBadge>}
        </>
      }
      says={
        held.length === 0
          ? count('role-page.allows', role.allows.length)
          : `${count('role-page.allows', role.allows.length)} · ${t('role-page.holds', { roles: held.map(roleName).join(', ') })}`
      }
      actions={
        mayManage ? (
          <>
            <ActionIcon aria-label={t('change.of', { name })} onClick={onOpen}>
              <IconPencil size={18} />
            </ActionIcon>
            <ActionIcon aria-label={t('delete.of', { name })} onClick={onDelete}>
              <IconTrash size={18} />
            </ActionIcon>
          </>
        ) : (
          <ActionIcon aria-label={t('role-page.look', { name })} onClick={onOpen}>
            <IconEye size={18} />
          </ActionIcon>
        )
      }
    />
  );
}
