import { Group, Select, TextInput } from '@mantine/core';
import type { DataServiceQuery } from '@samtal/contract/data-services';
import { statisticsDimensions } from '@samtal/contract/statistics';
import { useText } from '../../text/index.ts';
import { useColleagues, useQueues } from '../routing/index.ts';
import { useSites } from '../sites/index.ts';
import type { Given } from './given.ts';
import { usePeriodWords } from './words.ts';

interface GivenFieldsProps {
  query: DataServiceQuery;
  given: Given;
  onChange: (given: Given) => void;
}

/** What the definition lets a caller say. */
export function GivenFields({ query, given, onChange }: GivenFieldsProps) {
  const { t } = useText();
  const periodWords = usePeriodWords();
  const known = {
    queue: (useQueues().data ?? []).map(({ id, name }) => ({ value: id, label: name })),
    site: (useSites().data ?? []).map(({ id, name }) => ({ value: id, label: name })),
    agent: (useColleagues().data ?? []).map(({ userId, name }) => ({ value: userId, label: name })),
  };
  const dimensions = statisticsDimensions.filter((dimension) => query.parameters[dimension] !== 'not');
  const isGiven = query.period.kind === 'given';
  if (!isGiven && dimensions.length === 0) return null;
  return (
    <Group align="flex-start" gap="sm">
      {isGiven &&
        (['first', 'last'] as const).map((end) => (
          <TextInput
            key={end}
            type="date"
            label={t(`statistics.${end}-day`)}
            {...(end === 'first' ? { description: periodWords(query.period) } : { description: 'UTC' })}
            value={given[end]}
            onChange={(event) => onChange({ ...given, [end]: event.currentTarget.value })}
            required
            withAsterisk={false}
          />
        ))}
      {dimensions.map((dimension) => (
        <Select
          key={dimension}
          label={t(`statistics.by.${dimension}`)}
          description={t(query.parameters[dimension] === 'must' ? 'services.needed' : 'services.optional')}
          placeholder={t(`statistics.every.${dimension}`)}
          data={known[dimension]}
          value={given[dimension]}
          onChange={(id) => onChange({ ...given, [dimension]: id })}
          required={query.parameters[dimension] === 'must'}
          withAsterisk={false}
          clearable
          searchable
        />
      ))}
    </Group>
  );
}
