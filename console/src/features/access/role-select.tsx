import { Select } from '@mantine/core';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useRoleName, useRoles } from './queries.ts';

interface RoleSelectProps {
  value: string | null;
  onChange: (roleId: string | null) => void;
}

/** Which role a program or a group is given. Those that allow more than whoever gives them holds stand there and cannot be chosen. */
export function RoleSelect({ value, onChange }: RoleSelectProps) {
  const { t } = useText();
  const account = useAccount();
  const roleName = useRoleName();
  const roles = useRoles().data ?? [];
  return (
    <Select
      flex={1}
      label={t('grant.role')}
      placeholder={t('choose')}
      data={roles.map((role) => ({
        value: role.id,
        label: roleName(role),
        disabled: !role.allows.every((authorisation) => account.can(authorisation)),
      }))}
      value={value}
      onChange={onChange}
      searchable
      nothingFoundMessage={t('nothing-found')}
      required
      withAsterisk={false}
    />
  );
}
