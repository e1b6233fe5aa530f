import { MultiSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { parameterUses } from '@samtal/contract/data-services';
import { subjects } from '@samtal/contract/statistics';
import { useText } from '../../text/index.ts';
import { useQueues } from '../routing/index.ts';
import { useSites } from '../sites/index.ts';
import classes from './data-services.module.css';
import type { QueryFieldsProps } from './question-fields.tsx';

/** Beyond which queues and sites nothing is looked at, and by what the caller narrows the answer. */
export function NarrowingFields({ query, onChange }: QueryFieldsProps) {
  const { t } = useText();
  const queues = useQueues().data ?? [];
  const sites = useSites().data ?? [];
  const { dimensions } = subjects[query.subject];
  const filters = [
    { dimension: 'queue', field: 'queueIds', known: queues },
    { dimension: 'site', field: 'siteIds', known: sites },
  ] as const;
  return (
    <>
      {filters
        .filter(({ dimension }) => dimensions.includes(dimension))
        .map(({ dimension, field, known }) => (
          <PlacesField
            key={field}
            label={t(`services.only.${dimension}`)}
            every={t(`statistics.every.${dimension}`)}
            known={known}
            ids={query.filters[field]}
            onChange={(ids) => onChange({ ...query, filters: { ...query.filters, [field]: ids } })}
          />
        ))}
      <fieldset className={classes.parameters}>
        <legend>{t('services.parameters')}</legend>
        <p>{t('services.parameters-says')}</p>
        {dimensions.map((dimension) => (
          <Stack key={dimension} gap={4}>
            <Text size="sm" component="span" id={`services-parameter-${dimension}`}>
              {t(`statistics.by.${dimension}`)}
            </Text>
            <SegmentedControl
              aria-labelledby={`services-parameter-${dimension}`}
              data={parameterUses.map((value) => ({ value, label: t(`services.parameter.${value}`) }))}
              value={query.parameters[dimension]}
              onChange={(use) =>
                onChange({ ...query, parameters: { ...query.parameters, [dimension]: use } })
              }
              className={classes.choice ?? ''}
            />
          </Stack>
        ))}
      </fieldset>
    </>
  );
}

interface PlacesFieldProps {
  label: string;
  every: string;
  known: readonly { readonly id: string; readonly name: string }[];
  ids: readonly string[] | null;
  onChange: (ids: string[] | null) => void;
}

/** None chosen: all of them. What has gone stays named, and answers with its past. */
function PlacesField({ label, every, known, ids, onChange }: PlacesFieldProps) {
  const { t } = useText();
  const chosen = [...(ids ?? [])];
  const gone = chosen
    .filter((id) => !known.some((each) => each.id === id))
    .map((id) => ({ value: id, label: t('services.place-gone') }));
  return (
    <MultiSelect
      label={label}
      {...(chosen.length === 0 ? { placeholder: every } : {})}
      data={[...known.map(({ id, name }) => ({ value: id, label: name })), ...gone]}
      value={chosen}
      onChange={(next) => onChange(next.length === 0 ? null : next)}
      searchable
      nothingFoundMessage={t('nothing-found')}
    />
  );
}
