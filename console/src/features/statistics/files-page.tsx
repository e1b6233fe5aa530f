import { Button, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import { statisticsSubjects, type StatisticsFile } from '@samtal/contract/statistics';
import { IconDownload, IconFiles, IconFilesOff, IconLock } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../text/index.ts';
import { CopyIcon, EmptyState, Page, Row, Rows, ToneBadge, useNow, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { isDay, readFilesView, type FilesView } from './files-view.ts';
import { dayOf, elapsed, hourMs, spanOf } from './period.ts';
import { figuresQuery, filesQuery, liveQuery, saveStatisticsFile } from './queries.ts';
import { UncountedNote } from './uncounted-note.tsx';
import classes from './statistics.module.css';

/** The published files, for whoever sees the whole account: files tell of all of it. */
export function FilesPage() {
  const { t } = useText();
  const live = useQuery(liveQuery(useAccount().id)).data;
  return (
    <Page title={t('statistics.files')} says={t('statistics.files-says')}>
      {live !== undefined && live.scopes !== null ? (
        <div className={classes.card}>
          <EmptyState
            icon={IconLock}
            title={t('statistics.files-not-yours')}
            says={t('statistics.files-not-yours-says')}
          />
        </div>
      ) : (
        <Published />
      )}
    </Page>
  );
}

function Published() {
  const { t } = useText();
  const { id } = useAccount();
  // The address also keeps what the pages of figures are about.
  const view = readFilesView(useSearch({ from: '/signed-in/statistics/files' }));
  const files = useInfiniteQuery(filesQuery(id, view));
  const items = files.data?.pages.flatMap((page) => page.items) ?? [];
  const periods = [...Map.groupBy(items, ({ grain, periodStart }) => `${grain} ${periodStart}`).entries()];
  return (
    <>
      <Behind />
      <Filters view={view} />
      {periods.map(([period, [first, ...others]]) =>
        first === undefined ? null : <Period key={period} files={[first, ...others]} />,
      )}
      {periods.length === 0 && (
        <Rows query={files} label={t('statistics.files')} isEmpty empty={<None view={view} />}>
          {null}
        </Rows>
      )}
      {files.hasNextPage && (
        <Button
          variant="default"
          loading={files.isFetchingNextPage}
          onClick={() => void files.fetchNextPage()}
        >
          {t('statistics.older-files')}
        </Button>
      )}
    </>
  );
}

/** Files of hours that cannot be counted are missing, and so are later ones of agents. */
function Behind() {
  const now = Math.floor(useNow() / hourMs) * hourMs;
  const span = elapsed(spanOf('today', now), now);
  const { data } = useQuery(figuresQuery(useAccount().id, { subject: 'queues', span, grain: 'total' }, true));
  return <UncountedNote uncounted={data?.uncounted} />;
}

function useChange(): (changes: { [Name in keyof FilesView]?: FilesView[Name] | undefined }) => void {
  const navigate = useNavigate();
  return (changes) =>
    void navigate({ to: '.', search: (before: FilesView) => ({ ...before, ...changes }) as FilesView });
}

function Filters({ view: { of, each, on } }: { view: FilesView }) {
  const { t } = useText();
  const change = useChange();
  const today = dayOf(useNow());
  return (
    <search className={classes.filters} aria-label={t('statistics.files-filter')}>
      <Select
        aria-label={t('statistics.subject')}
        placeholder={t('statistics.every-subject')}
        data={statisticsSubjects.map((value) => ({ value, label: t(`statistics.${value}`) }))}
        value={of ?? null}
        onChange={(chosen) => change({ of: statisticsSubjects.find((name) => name === chosen) })}
        clearable
        className={classes.dimension}
      />
      <SegmentedControl
        aria-label={t('statistics.file-length')}
        data={[
          { value: '', label: t('statistics.every-length') },
          { value: 'hour', label: t('statistics.grain-one-hour') },
          { value: 'day', label: t('statistics.grain-one-day') },
        ]}
        value={each ?? ''}
        onChange={(value) => change({ each: value === 'hour' || value === 'day' ? value : undefined })}
      />
      <DayField key={on} on={on} today={today} onChange={(day) => change({ on: day })} />
    </search>
  );
}

/** Changes the address once it holds a day, or nothing. */
function DayField({
  on,
  today,
  onChange,
}: {
  on: string | undefined;
  today: string;
  onChange: (day: string | undefined) => void;
}) {
  const { t } = useText();
  const [typed, setTyped] = useState(on ?? '');
  return (
    <TextInput
      type="date"
      aria-label={t('statistics.file-day')}
      value={typed}
      max={today}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        if (value === '' || isDay(value)) onChange(value === '' ? undefined : value);
      }}
    />
  );
}

function Period({ files }: { files: readonly [StatisticsFile, ...StatisticsFile[]] }) {
  const { t, formats } = useText();
  const [{ grain, periodStart, periodEnd }] = files;
  const hour = (at: string) => at.slice(11, 16);
  const day = formats.longUtcDay(periodStart);
  const title =
    grain === 'day'
      ? t('statistics.file-of-day', { day })
      : t('statistics.file-of-hour', { day, from: hour(periodStart), to: hour(periodEnd) });
  const inOrder = files.toSorted(
    (one, other) => one.subject.localeCompare(other.subject) || one.correction - other.correction,
  );
  return (
    <section className={classes.period} aria-label={title}>
      <h2>{title}</h2>
      <Rows query={given} label={title} isEmpty={false} empty={null}>
        {inOrder.map((file) => (
          <File key={file.id} file={file} />
        ))}
      </Rows>
    </section>
  );
}

/** What is listed here has been read. */
const given = { isLoading: false, error: null, data: true, refetch: () => undefined };

function File({ file }: { file: StatisticsFile }) {
  const { t, formats } = useText();
  const { id } = useAccount();
  const report = useReport();
  const { subject, path, correction, sizeBytes, sha256, publishedAt } = file;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const size =
    sizeBytes < 1000
      ? t('statistics.bytes', { count: formats.number(sizeBytes) })
      : t('statistics.kilobytes', { count: formats.decimal(Math.round(sizeBytes / 100) / 10) });
  return (
    <Row
      title={
        <>
          {t(`statistics.${subject}`)}
          {correction > 0 && (
            <ToneBadge tone="warning">{t('statistics.correction', { number: String(correction) })}</ToneBadge>
          )}
        </>
      }
      says={
        <>
          <span className={classes.fileName}>{name}</span> · {size} ·{' '}
          {t('statistics.published', { at: formats.dateTime(publishedAt) })}
        </>
      }
      actions={
        <div className={classes.fileActions}>
          <Text component="span" size="xs" c="dimmed" className={classes.sum}>
            SHA-256 <code title={sha256}>{sha256.slice(0, 8)}…</code>
          </Text>
          <CopyIcon value={sha256} label={t('statistics.copy-sha256', { file: name })} />
          <Button
            variant="default"
            size="xs"
            leftSection={<IconDownload size={16} />}
            aria-label={t('statistics.download-file', { file: name })}
            onClick={() => void report(saveStatisticsFile(id, file.id, name))}
          >
            {t('statistics.download')}
          </Button>
        </div>
      }
    />
  );
}

function None({ view }: { view: FilesView }) {
  const { t } = useText();
  const change = useChange();
  if (Object.keys(view).length === 0)
    return (
      <EmptyState
        icon={IconFiles}
        title={t('statistics.files-none')}
        says={t('statistics.files-none-says')}
      />
    );
  return (
    <EmptyState
      icon={IconFilesOff}
      title={t('statistics.files-no-match')}
      says={t('statistics.files-no-match-says')}
      action={
        <Button variant="default" onClick={() => change({ of: undefined, each: undefined, on: undefined })}>
          {t('statistics.files-all')}
        </Button>
      }
    />
  );
}
