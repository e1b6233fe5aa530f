import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import type { Scope } from '@samtal/contract/access';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useText } from '../../text/index.ts';
import { Narrowing, RoleSelect } from '../access/index.ts';

/** The most roles that the interface takes for a key. */
const mostRoles = 20;

export interface DraftGrant {
  /** Tells lines apart while they are edited. */
  readonly key: number;
  readonly roleId: string | null;
  readonly scope: Scope;
}

export const firstGrant: DraftGrant = { key: 0, roleId: null, scope: {} };

interface KeyRolesFieldProps {
  grants: readonly DraftGrant[];
  onChange: (grants: DraftGrant[]) => void;
}

/** What a key may do: roles, each with where it holds. */
export function KeyRolesField({ grants, onChange }: KeyRolesFieldProps) {
  const { t } = useText();
  const add = () =>
    onChange([...grants, { ...firstGrant, key: Math.max(...grants.map(({ key }) => key)) + 1 }]);
  return (
    <Stack gap="xs" component="fieldset" bd={0} p={0} m={0}>
      <Text component="legend" size="sm" fw={600} mb={4}>
        {t('grant.title')}
      </Text>
      <Text size="sm" c="dimmed">
        {t('api-keys.role-says')}
      </Text>
      {grants.map((grant, at) => (
        <Line
          key={grant.key}
          grant={grant}
          number={at + 1}
          onChange={(changes) =>
            onChange(grants.map((each) => (each === grant ? { ...grant, ...changes } : each)))
          }
          onRemove={grants.length > 1 ? () => onChange(grants.filter((each) => each !== grant)) : null}
        />
      ))}
      <Group>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} />}
          disabled={grants.length >= mostRoles}
          onClick={add}
        >
          {t('api-keys.role-add')}
        </Button>
      </Group>
    </Stack>
  );
}

interface LineProps {
  grant: DraftGrant;
  number: number;
  onChange: (changes: Partial<DraftGrant>) => void;
  /** Null for the only one: a key without a role could do nothing. */
  onRemove: (() => void) | null;
}

function Line({ grant: { roleId, scope }, number, onChange, onRemove }: LineProps) {
  const { t } = useText();
  const name = t('grant.number', { number });
  return (
    <Stack
      gap="sm"
      p="md"
      bd="1px solid var(--s-border)"
      style={{ borderRadius: 'var(--mantine-radius-lg)' }}
      role="group"
      aria-label={name}
    >
      <Group align="flex-end" wrap="nowrap" gap="sm">
        <RoleSelect value={roleId} onChange={(value) => onChange({ roleId: value })} />
        {onRemove !== null && (
          <ActionIcon aria-label={t('delete.of', { name })} onClick={onRemove}>
            <IconTrash size={18} />
          </ActionIcon>
        )}
      </Group>
      <Narrowing scope={scope} onChange={(value) => onChange({ scope: value })} />
    </Stack>
  );
}
