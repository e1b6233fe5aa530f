import { SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../text/index.ts';
import { useIsPhone } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { dayMs, dayOf, grainsFor, namedPeriods, periodBetween } from './period.ts';
import type { Dimension } from './metrics.ts';
import { liveQuery } from './queries.ts';
import { useView } from './use-view.ts';
import classes from './statistics.module.css';

/** Of when the figures are, by hour or day, and of which part of the account. */
export function FilterBar({ filters }: { filters: readonly Dimension[] }) {
  const { t } = useText();
  const [view, change] = useView();
  const grains = grainsFor(view.whole);
  return (
    <search className={classes.filters} aria-label={t('statistics.filters')}>
      <PeriodChoice />
      {grains.length > 1 && (
        <SegmentedControl
          aria-label={t('statistics.grain')}
          data={grains.map((value) => ({ value, label: t(`statistics.grain-${value}`) }))}
          value={view.grain}
          onChange={(grain) => change({ grain })}
        />
      )}
      {filters.map((dimension) => (
        <DimensionChoice key={dimension} dimension={dimension} />
      ))}
      <Switch
        label={t('statistics.compare')}
        checked={view.compare !== false}
        onChange={({ currentTarget }) => change({ compare: currentTarget.checked ? undefined : false })}
      />
    </search>
  );
}

const ownDays = 'own';

function PeriodChoice() {
  const { t } = useText();
  const [view, change] = useView();
  const isPhone = useIsPhone();
  const isOwn = !namedPeriods.some((name) => name === view.period);
  const days = { first: dayOf(view.whole.from), last: dayOf(view.whole.to - dayMs) };
  const choices = [
    ...namedPeriods.map((value) => ({ value: value as string, label: t(`statistics.period.${value}`) })),
    { value: ownDays, label: t('statistics.period.own') },
  ];
  const choose = (value: string | null) => {
    const named = namedPeriods.find((name) => name === value);
    // Own days start from those that are shown.
    const last = dayOf(Math.min(view.whole.to, view.now + dayMs) - dayMs);
    const period = named ?? periodBetween(days.first, last < days.first ? days.first : last) ?? undefined;
    change({ period, grain: undefined });
  };
  return (
    <>
      {isPhone ? (
        <Select
          aria-label={t('statistics.period')}
          data={choices}
          value={isOwn ? ownDays : view.period}
          onChange={choose}
          allowDeselect={false}
          className={classes.wide}
        />
      ) : (
        <SegmentedControl
          aria-label={t('statistics.period')}
          data={choices}
          value={isOwn ? ownDays : view.period}
          onChange={choose}
        />
      )}
      {isOwn && <OwnDays key={view.period} {...days} today={dayOf(view.now)} />}
    </>
  );
}

/** Changes the address once both days make a period. */
function OwnDays({ first, last, today }: { first: string; last: string; today: string }) {
  const { t } = useText();
  const [, change] = useView();
  const [days, setDays] = useState({ first, last });
  const set = (next: typeof days) => {
    setDays(next);
    const period = periodBetween(next.first, next.last);
    if (period !== null) change({ period, grain: undefined });
  };
  const wrong = periodBetween(days.first, days.last) === null;
  return (
    <>
      <TextInput
        type="date"
        aria-label={t('statistics.first-day')}
        value={days.first}
        max={today}
        onChange={({ currentTarget }) => set({ ...days, first: currentTarget.value })}
      />
      <TextInput
        type="date"
        aria-label={t('statistics.last-day')}
        value={days.last}
        max={today}
        error={wrong ? t('statistics.days-wrong') : undefined}
        onChange={({ currentTarget }) => set({ ...days, last: currentTarget.value })}
      />
    </>
  );
}

/** What lies in the viewer’s scope can be chosen; what is chosen by a row of a table may be past, and has its name from there. */
function DimensionChoice({ dimension }: { dimension: Dimension }) {
  const { t } = useText();
  const [view, change] = useView();
  const live = useQuery(liveQuery(useAccount().id)).data;
  const known =
    {
      queue: live?.queues.map(({ queueId, name }) => ({ value: queueId, label: name })),
      site: live?.sites.map(({ siteId, name }) => ({ value: siteId, label: name })),
      agent: live?.agents.map(({ agentId, name }) => ({ value: agentId, label: name })),
    }[dimension] ?? [];
  const value = view[dimension] ?? null;
  const isPast = value !== null && live !== undefined && !known.some((each) => each.value === value);
  // Of one there is nothing to choose.
  if (known.length < 2 && value === null) return null;
  return (
    <Select
      aria-label={t(`statistics.by.${dimension}`)}
      placeholder={t(`statistics.every.${dimension}`)}
      data={isPast ? [...known, { value, label: t(`statistics.past.${dimension}`) }] : known}
      value={value}
      onChange={(id) => change({ [dimension]: id ?? undefined })}
      clearable
      searchable
      className={classes.dimension}
    />
  );
}
