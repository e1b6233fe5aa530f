import { Stack, Text } from '@mantine/core';
import type { Held } from '@samtal/contract/access';
import { useText } from '../../text/index.ts';
import { useRoleName, useRoles } from './queries.ts';
import { useScopeWords } from './scope-words.ts';

/** The ways in which somebody holds an authorisation: through which roles, where, and what for. */
export function ThroughList({ through }: { through: Held['through'] }) {
  const { t } = useText();
  const roles = useRoles().data ?? [];
  const roleName = useRoleName();
  const scopeWords = useScopeWords();
  const nameOf = (id: string) => {
    const role = roles.find((each) => each.id === id);
    return role === undefined ? t('grant.role-unknown') : roleName(role);
  };
  return (
    <Stack gap={2} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
      {through.map(({ grantId, roles: way, scope, purpose }) => {
        const where = scopeWords(scope);
        return (
          <Text key={grantId} component="li" size="sm" c="dimmed">
            {t('held.through', {
              roles: way.map(nameOf).join(' › '),
              where: where.length === 0 ? t('scope.everywhere') : where.join(', '),
            })}
            {purpose !== '' && ` · ${t('grant.purpose-is', { purpose })}`}
          </Text>
        );
      })}
    </Stack>
  );
}
