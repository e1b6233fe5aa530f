import { MultiSelect, Stack, Text } from '@mantine/core';
import type { Scope } from '@samtal/contract/access';
import { useText } from '../../text/index.ts';
import { useQueues } from '../routing/index.ts';
import { useSites } from '../sites/index.ts';
import { useUnitNames, useUnits } from '../units/index.ts';

/** Where a role is to hold (B2). */
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
