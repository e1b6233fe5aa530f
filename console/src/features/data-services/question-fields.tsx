import { Checkbox, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import type { DataServiceQuery } from '@samtal/contract/data-services';
import { metricsOf, statisticsGrains, statisticsSubjects, subjects } from '@samtal/contract/statistics';
import { useText } from '../../text/index.ts';
import { ExplainedMetric, useMetricText } from '../statistics/figures.ts';
import classes from './data-services.module.css';
import { groupings, questionAbout, withGrain } from './draft.ts';

export interface QueryFieldsProps {
  query: DataServiceQuery;
  onChange: (query: DataServiceQuery) => void;
}

/** What it is about, which figures it answers with, and what rows are of. */
export function QuestionFields({ query, onChange }: QueryFieldsProps) {
  const { t } = useText();
  const { subject, by } = query;
  return (
    <>
      <Select
        label={t('services.subject')}
        data={statisticsSubjects.map((value) => ({ value, label: t(`services.subject.${value}`) }))}
        value={subject}
        onChange={(chosen) => chosen !== null && onChange(questionAbout(chosen))}
        allowDeselect={false}
        maw="20rem"
      />
      <MeasuresField query={query} onChange={onChange} />
      {groupings(subject).length > 0 && (
        <Select
          label={t('services.by')}
          data={[
            ...groupings(subject).map((value) => ({ value, label: t(`statistics.by.${value}`) })),
            { value: 'all' as const, label: t('services.by-nothing') },
          ]}
          value={by ?? (subjects[subject].by === 'conversation' ? null : subjects[subject].by)}
          onChange={(chosen) =>
            onChange({
              ...query,
              by: chosen === 'all' ? 'all' : (groupings(subject).find((each) => each === chosen) ?? null),
            })
          }
          allowDeselect={false}
          maw="20rem"
        />
      )}
      {subject !== 'conversations' && <GrainField query={query} onChange={onChange} />}
    </>
  );
}

/** Of what a row tells. */
function GrainField({ query, onChange }: QueryFieldsProps) {
  const { t } = useText();
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600} component="span" id="services-grain">
        {t('services.grain')}
      </Text>
      <SegmentedControl
        aria-labelledby="services-grain"
        data={statisticsGrains.map((value) => ({ value, label: t(`services.grain.${value}`) }))}
        value={query.grain}
        onChange={(chosen) => onChange(withGrain(query, chosen))}
        className={classes.choice ?? ''}
      />
    </Stack>
  );
}

/** The figures of the subject, each of which explains itself. At least one is chosen. */
function MeasuresField({ query, onChange }: QueryFieldsProps) {
  const { t } = useText();
  const metricText = useMetricText();
  const { subject, measures } = query;
  const toggle = (name: string) =>
    onChange({
      ...query,
      measures: measures.includes(name) ? measures.filter((each) => each !== name) : [...measures, name],
    });
  return (
    <fieldset className={classes.measures}>
      <legend>{t('services.measures')}</legend>
      <ul>
        {metricsOf(subject).map((metric) => (
          <li key={metric.name}>
            <Checkbox
              label={metricText(metric).title}
              checked={measures.includes(metric.name)}
              // The last one stays.
              disabled={measures.length === 1 && measures.includes(metric.name)}
              onChange={() => toggle(metric.name)}
            />
            <ExplainedMetric metric={metric} isNamed={false} />
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
