import { Button, Checkbox, Group, Modal, MultiSelect, Stack, Text, Title } from '@mantine/core';
import {
  authorisations,
  changeRole,
  createRole,
  type Authorisation,
  type Role,
} from '@samtal/contract/access';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText, type TextKey } from '../../text/index.ts';
import { FormDialog, NameField, ReasonField, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { authorisationsByArea, holdableBy, inherited } from './areas.ts';
import { useRoleName } from './queries.ts';

interface RoleDialogProps {
  /** Null for a new one. */
  role: Role | null;
  roles: readonly Role[];
  mayManage: boolean;
  onSaved: () => Promise<unknown>;
  onClose: () => void;
}

/** Edits a role of the account’s own; shows a built-in one. */
export function RoleDialog(props: RoleDialogProps) {
  const { role, mayManage, onClose } = props;
  if (role === null || (mayManage && role.builtIn === null)) return <RoleForm {...props} />;
  return <RoleSheet role={role} roles={props.roles} onClose={onClose} />;
}

function RoleForm({ role, roles, onSaved, onClose }: RoleDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const roleName = useRoleName();
  const [name, setName] = useState(role?.name ?? '');
  const [own, setOwn] = useState<Authorisation[]>(role?.authorisations ?? []);
  const [held, setHeld] = useState<string[]>(role?.roles ?? []);
  const [reason, setReason] = useState('');

  const save = async () => {
    const body = { name: name.trim(), authorisations: own, roles: held, reason };
    if (role === null) await call(createRole, { params: { accountId: account.id }, body });
    else
      await call(changeRole, {
        params: { accountId: account.id, roleId: role.id },
        body: { ...body, version: role.version },
      });
    await onSaved();
    onClose();
  };
  return (
    <FormDialog
      opened
      title={t(role === null ? 'role-page.add' : 'role-page.change')}
      action={t('save')}
      size="lg"
      onSubmit={save}
      onClose={onClose}
    >
      <NameField value={name} onChange={setName} />
      <MultiSelect
        label={t('role-page.held')}
        description={t('role-page.held-says')}
        data={holdableBy(role?.id ?? null, roles).map((each) => ({ value: each.id, label: roleName(each) }))}
        value={held}
        onChange={setHeld}
        searchable
        nothingFoundMessage={t('nothing-found')}
      />
      <AuthorisationList own={own} inherited={inherited(held, roles)} onChange={setOwn} />
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}

interface AuthorisationListProps {
  own: Authorisation[];
  inherited: ReadonlyMap<Authorisation, readonly Role[]>;
  onChange: (own: Authorisation[]) => void;
}

function AuthorisationList({ own, inherited: fromRoles, onChange }: AuthorisationListProps) {
  const { t } = useText();
  const roleName = useRoleName();
  const toggle = (name: Authorisation) =>
    onChange(own.includes(name) ? own.filter((each) => each !== name) : [...own, name]);
  return (
    <Stack gap="md">
      {[...authorisationsByArea()].map(([area, names]) => (
        <Stack key={area} gap={6} component="fieldset" bd={0} p={0} m={0}>
          <Text component="legend" fw={600} size="sm" mb={6}>
            {t(`area.${area}` as TextKey)}
          </Text>
          {names.map((name) => (
            <Checkbox
              key={name}
              checked={own.includes(name) || fromRoles.has(name)}
              disabled={fromRoles.has(name)}
              onChange={() => toggle(name)}
              label={t(`authorisation.${name}`)}
              description={
                fromRoles.has(name)
                  ? t('role-page.inherited-from', {
                      roles: (fromRoles.get(name) ?? []).map(roleName).join(', '),
                    })
                  : authorisations[name].scoped
                    ? t('role-page.scoped')
                    : null
              }
            />
          ))}
        </Stack>
      ))}
    </Stack>
  );
}

/** Everything a role allows, and through which of the roles that it holds. */
function RoleSheet({ role, roles, onClose }: Pick<RoleDialogProps, 'roles' | 'onClose'> & { role: Role }) {
  const { t } = useText();
  const roleName = useRoleName();
  const fromRoles = inherited(role.roles, roles);
  return (
    <Modal
      opened
      onClose={onClose}
      title={roleName(role)}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        {role.builtIn !== null && (
          <Text size="sm" c="dimmed">
            {t('role-page.built-in-says')}
          </Text>
        )}
        {[...authorisationsByArea()].map(([area, names]) => {
          const allowed = names.filter((name) => role.allows.includes(name));
          if (allowed.length === 0) return null;
          return (
            <section key={area}>
              <Title order={3} mb={4}>
                {t(`area.${area}` as TextKey)}
              </Title>
              {allowed.map((name) => (
                <Group key={name} gap="xs" py={3}>
                  <Text size="sm">{t(`authorisation.${name}`)}</Text>
                  {!role.authorisations.includes(name) && (
                    <ToneBadge tone="accent">
                      {t('role-page.inherited-from', {
                        roles: (fromRoles.get(name) ?? []).map(roleName).join(', '),
                      })}
                    </ToneBadge>
                  )}
                </Group>
              ))}
            </section>
          );
        })}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
