import { Group, NumberInput, Radio, Select } from '@mantine/core';
import { useText } from '../../text/index.ts';
import { mostOf, withPeriod } from './draft.ts';
import type { QueryFieldsProps } from './question-fields.tsx';

/** About when it answers: as the caller says, or always about the last hours or days. */
export function PeriodFields({ query, onChange }: QueryFieldsProps) {
  const { t } = useText();
  const { period, grain } = query;
  const isGiven = period.kind === 'given';
  const most = mostOf(query, period);
  return (
    <>
      <Radio.Group
        label={t('services.period')}
        value={period.kind}
        onChange={(kind) =>
          onChange(
            withPeriod(
              query,
              kind === 'given' ? { kind: 'given', longestDays: 31 } : { kind: 'last', unit: 'day', count: 7 },
            ),
          )
        }
      >
        <Radio
          value="given"
          label={t('services.period-given')}
          description={t('services.period-given-says')}
          mt="xs"
        />
        <Radio
          value="last"
          label={t('services.period-last')}
          description={t('services.period-last-says')}
          mt="xs"
        />
      </Radio.Group>
      <Group align="flex-end" gap="sm">
        <NumberInput
          label={t(isGiven ? 'services.longest' : 'services.count')}
          description={t('services.at-most', { most: String(most) })}
          value={isGiven ? period.longestDays : period.count}
          onChange={(value) =>
            onChange(
              withPeriod(
                query,
                isGiven ? { kind: 'given', longestDays: Number(value) } : { ...period, count: Number(value) },
              ),
            )
          }
          min={1}
          max={most}
          allowDecimal={false}
          required
          withAsterisk={false}
          w="11rem"
        />
        {!isGiven && grain !== 'day' && (
          <Select
            aria-label={t('services.unit')}
            data={(['hour', 'day'] as const).map((value) => ({ value, label: t(`services.unit.${value}`) }))}
            value={period.unit}
            onChange={(unit) => unit !== null && onChange(withPeriod(query, { ...period, unit }))}
            allowDeselect={false}
            w="11rem"
          />
        )}
      </Group>
    </>
  );
}
