import { Button, Menu, Skeleton } from '@mantine/core';
import type { Figures, FiguresRow } from '@samtal/contract/statistics';
import { IconChartBar, IconDownload, IconFileSpreadsheet } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { NotFoundPage } from '../../shell/failure-pages.tsx';
import { useText } from '../../text/index.ts';
import { EmptyState, ErrorState, Page, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { Breakdown } from './breakdown.tsx';
import { Crumbs } from './crumbs.tsx';
import { FilterBar } from './filter-bar.tsx';
import { measuresOf, metricsOf, pagedSubjects, type Measures, type Subject } from './metrics.ts';
import { OverTime } from './over-time.tsx';
import { Parts } from './parts.tsx';
import { dayOf, elapsedBefore, spanBefore, stepsOf } from './period.ts';
import { figuresQuery, liveQuery, saveFigures, type Wanted } from './queries.ts';
import { partOf, subjectViews } from './subject-views.ts';
import { Tiles } from './tiles.tsx';
import { UncountedNote } from './uncounted-note.tsx';
import { useView, type ChosenView } from './use-view.ts';
import classes from './statistics.module.css';

/** The figures of one subject: in sum, over time, and by what they are made up of. */
export function SubjectPage() {
  const { subject: name } = useParams({ from: '/signed-in/statistics/$subject' });
  const subject = pagedSubjects.find((each) => each === name);
  return subject === undefined ? <NotFoundPage /> : <FiguresOf key={subject} subject={subject} />;
}

function FiguresOf({ subject }: { subject: Subject }) {
  const { t } = useText();
  const [view] = useView();
  const { filters } = subjectViews[subject];
  return (
    <Page
      wide
      title={t(`statistics.${subject}`)}
      says={t(`statistics.${subject}-says`)}
      actions={<Download subject={subject} />}
    >
      <FilterBar filters={filters} />
      <Crumbs filters={filters} />
      <Body subject={subject} view={view} />
    </Page>
  );
}

function Body({ subject, view }: { subject: Subject; view: ChosenView }) {
  const { t } = useText();
  const [, change] = useView();
  const { id } = useAccount();
  const { main, better, parts, icon } = subjectViews[subject];
  const compares = view.compare !== false;
  const wanted = wantedOf(subject, view);
  const total = useQuery(figuresQuery(id, wanted, view.isUnderWay));
  const before = useQuery({
    ...figuresQuery(id, { ...wanted, span: elapsedBefore(view.period, view.now) }, false),
    enabled: compares,
  });
  const series = useQuery(
    figuresQuery(id, { ...wanted, span: view.steps, grain: view.grain }, view.isUnderWay),
  );
  const seriesBefore = useQuery({
    ...figuresQuery(id, { ...wanted, span: spanBefore(view.period, view.now), grain: view.grain }, false),
    enabled: compares,
  });
  const live = useQuery(liveQuery(id)).data;
  const metrics = metricsOf(subject);
  const named = (names: readonly string[]) =>
    names.flatMap((name) => metrics.find((metric) => metric.name === name) ?? []);
  const [first] = named(main);
  const chosen = metrics.find((metric) => metric.name === view.metric) ?? first;
  if (chosen === undefined) return null;
  const failed = total.error ?? series.error;
  if (failed !== null && (total.data === undefined || series.data === undefined)) {
    const retry = () => void Promise.all([total.refetch(), series.refetch()]);
    return (
      <div className={classes.card}>
        <ErrorState error={failed} onRetry={retry} />
      </div>
    );
  }
  const measures = sumOf(total.data);
  if (
    measures !== undefined &&
    series.data !== undefined &&
    isNothing([...series.data.rows, ...(total.data?.rows ?? [])])
  )
    return (
      <>
        <UncountedNote uncounted={series.data.uncounted} />
        {series.data.countedUntil === null ? <NothingYet icon={icon} /> : <Nothing icon={icon} />}
      </>
    );
  return (
    <>
      <UncountedNote uncounted={series.data?.uncounted} />
      <Tiles
        metrics={named(main)}
        better={better}
        now={measures}
        before={compares ? (sumOf(before.data) ?? null) : null}
        series={byStep(series.data, view)}
        chosen={chosen.name}
        aims={live === undefined ? {} : { service_level: live.serviceLevel.percent / 100 }}
        onChoose={({ name }) => change({ metric: name })}
      />
      {series.data === undefined ? (
        <Skeleton height={360} radius="lg" aria-label={t('loading')} />
      ) : (
        <OverTime
          metric={chosen}
          metrics={view.all === true ? metrics : named(main)}
          rows={series.data.rows}
          countedUntil={series.data.uncounted === null ? series.data.countedUntil : null}
          before={compares ? (seriesBefore.data?.rows ?? []) : null}
          total={measures}
        />
      )}
      <div className={classes.columns}>
        <Breakdown subject={subject} wanted={wanted} chosen={chosen} isUnderWay={view.isUnderWay} />
        <Parts title={t(`statistics.parts.${subject}`)} metrics={named(parts)} measures={measures ?? {}} />
      </div>
    </>
  );
}

/** Not a word of the period: of none anything is counted. */
function NothingYet({ icon }: Pick<(typeof subjectViews)[Subject], 'icon'>) {
  const { t } = useText();
  return (
    <div className={classes.card} role="status">
      <EmptyState icon={icon} title={t('statistics.none-yet')} says={t('statistics.none-yet-says')} />
    </div>
  );
}

function Nothing({ icon }: Pick<(typeof subjectViews)[Subject], 'icon'>) {
  const { t } = useText();
  const [, change] = useView();
  const whole = { grain: undefined, queue: undefined, site: undefined, agent: undefined };
  return (
    <div className={classes.card}>
      <EmptyState
        icon={icon}
        title={t('statistics.none')}
        says={t('statistics.none-says')}
        action={
          <Button variant="default" onClick={() => change({ period: '28-days', ...whole })}>
            {t('statistics.none-action')}
          </Button>
        }
      />
    </div>
  );
}

/** What the page asks for, in sum: filters that its subject does not know are left alone in the address. */
function wantedOf(subject: Subject, view: ChosenView): Wanted {
  const filters = subjectViews[subject].filters.flatMap((name) => {
    const value = view[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { subject, span: view.span, grain: 'total', ...Object.fromEntries(filters) };
}

/** Undefined while it loads; a row that is not there is one of nothing. */
function sumOf(figures: Figures | undefined): Measures | undefined {
  const [row] = figures?.rows ?? [];
  if (figures === undefined) return undefined;
  return row === undefined ? {} : measuresOf(row);
}

/** Of each hour or day that has begun: the server says nothing of one in which nothing happened. */
function byStep(figures: Figures | undefined, { steps, grain }: ChosenView): Measures[] {
  if (figures === undefined) return [];
  const known = new Map(figures.rows.map((row) => [Date.parse(row.periodStart), measuresOf(row)]));
  return stepsOf(steps, grain).map((start) => known.get(start) ?? {});
}

function isNothing(rows: readonly FiguresRow[]): boolean {
  return rows.every(({ measures }) =>
    Object.values(measures).every((value) => value === null || value === 0),
  );
}

/** Exactly the figures that are shown, with every metric of the subject, as the server writes them. */
function Download({ subject }: { subject: Subject }) {
  const { t } = useText();
  const { id } = useAccount();
  const report = useReport();
  const [view] = useView();
  const wanted = wantedOf(subject, view);
  const part = partOf(subject, wanted);
  const save = (figures: Wanted, of: string) => {
    const days = [dayOf(view.span.from), dayOf(view.span.to - 1)].join('--');
    void report(saveFigures(id, figures, `${figures.subject}-${days}-${of}.csv`));
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} />}>
          {t('statistics.download')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('statistics.download-says')}</Menu.Label>
        <Menu.Item
          leftSection={<IconChartBar size={16} />}
          onClick={() => save({ ...wanted, span: view.steps, grain: view.grain }, `by-${view.grain}`)}
        >
          {t(`statistics.download-${view.grain}`)}
        </Menu.Item>
        {part !== undefined && (
          <Menu.Item
            leftSection={<IconFileSpreadsheet size={16} />}
            onClick={() => save({ ...wanted, ...part }, `by-${part.by}`)}
          >
            {t(`statistics.download-by.${part.by}`)}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
