import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { openingAuthorisations } from '@samtal/contract/access';
import { maxReasonLength } from '@samtal/contract/history';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useText } from '../../text/index.ts';
import { Narrowing, RoleSelect, useRoles } from '../access/index.ts';
import type { DraftRole } from './draft.ts';

interface GroupRolesFieldProps {
  groupRoles: readonly DraftRole[];
  onChange: (groupRoles: DraftRole[]) => void;
}

/** Which group there gets which role here, where, and what for (B3). */
export function GroupRolesField({ groupRoles, onChange }: GroupRolesFieldProps) {
  const { t } = useText();
  const add = () => {
    const key = Math.max(-1, ...groupRoles.map((each) => each.key)) + 1;
    onChange([...groupRoles, { key, group: '', roleId: null, scope: {}, purpose: '' }]);
  };
  return (
    <Stack gap="xs" component="fieldset" bd={0} p={0} m={0}>
      <Text component="legend" size="sm" fw={600} mb={4}>
        {t('federation.groups')}
      </Text>
      <Text size="sm" c="dimmed">
        {t('federation.groups-says')}
      </Text>
      {groupRoles.map((line, at) => (
        <Line
          key={line.key}
          line={line}
          onChange={(changes) =>
            onChange(groupRoles.map((each) => (each === line ? { ...line, ...changes } : each)))
          }
          number={at + 1}
          onRemove={() => onChange(groupRoles.filter((each) => each !== line))}
        />
      ))}
      <Group>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} />}
          disabled={groupRoles.length >= 50}
          onClick={add}
        >
          {t('federation.groups-add')}
        </Button>
      </Group>
    </Stack>
  );
}

interface LineProps {
  line: DraftRole;
  number: number;
  onChange: (changes: Partial<DraftRole>) => void;
  onRemove: () => void;
}

function Line({ line: { group, roleId, scope, purpose }, number, onChange, onRemove }: LineProps) {
  const { t } = useText();
  const roles = useRoles().data ?? [];
  const role = roles.find(({ id }) => id === roleId);
  const opens = openingAuthorisations.some((name) => role?.allows.includes(name));
  return (
    <Stack
      gap="sm"
      p="md"
      bd="1px solid var(--s-border)"
      style={{ borderRadius: 'var(--mantine-radius-lg)' }}
      role="group"
      aria-label={t('grant.number', { number })}
    >
      <Group align="flex-start" wrap="nowrap" gap="sm">
        <TextInput
          flex={1}
          label={t('federation.group')}
          description={t('federation.group-says')}
          value={group ?? ''}
          onChange={(event) => onChange({ group: event.currentTarget.value })}
          maxLength={255}
        />
        <ActionIcon aria-label={t('delete.of', { name: t('grant.number', { number }) })} onClick={onRemove}>
          <IconTrash size={18} />
        </ActionIcon>
      </Group>
      <RoleSelect value={roleId} onChange={(value) => onChange({ roleId: value })} />
      {opens && (
        <TextInput
          label={t('grant.purpose')}
          description={t('grant.purpose-says')}
          value={purpose}
          onChange={(event) => onChange({ purpose: event.currentTarget.value })}
          maxLength={maxReasonLength}
          required
          withAsterisk={false}
        />
      )}
      <Narrowing scope={scope} onChange={(value) => onChange({ scope: value })} />
    </Stack>
  );
}
