import { Button, NumberInput, Skeleton } from '@mantine/core';
import { previewRetention, type Due, type Retention } from '@samtal/contract/retention';
import { IconAlertTriangle, IconCircleCheck, IconClock } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { retentionQuery } from './queries.ts';
import classes from './retention.module.css';

/** The job's period and as much again: the same as the server warns at. */
const graceMinutes = 15;

/** What the next run deletes, whether runs come in time, and what another setting would do. */
export function NextRun() {
  const { t, formats, count } = useText();
  const retention = useQuery(retentionQuery(useAccount().id));
  // The account's own rule is of interest where something is kept by it: conversations of sites that are no more.
  const shown = (retention.data?.due ?? []).filter(
    (due) => due.dataClass !== 'transcript' || due.channelId !== null || due.kept > 0,
  );
  return (
    <>
      {retention.data === undefined ? (
        retention.isLoading && <Skeleton height={84} radius="lg" mb="lg" aria-label={t('loading')} />
      ) : (
        <>
          <Lag retention={retention.data} />
          <RedactionLag retention={retention.data} />
        </>
      )}
      <Rows query={retention} label={t('retention.due')} isEmpty={false} empty={null}>
        {shown.map((due) => (
          <Row
            key={`${due.dataClass}/${due.channelId}`}
            title={
              <>
                {t(`data-class.${due.dataClass}`)}
                {due.dataClass === 'transcript' && (
                  <span className={classes.of}>{due.channelName ?? t('retention.account-wide')}</span>
                )}
              </>
            }
            says={<DueSays due={due} />}
            badges={
              due.held > 0 ? (
                <ToneBadge tone="accent">{count('retention.held-count', due.held)}</ToneBadge>
              ) : undefined
            }
            actions={
              <span className={classes.figure} data-some={due.due > 0}>
                {formats.number(due.due)}
                <small>{t('retention.is-due')}</small>
              </span>
            }
          />
        ))}
      </Rows>
      <WhatIf />
    </>
  );
}

function DueSays({ due }: { due: Due }) {
  const { t, formats, count } = useText();
  const days = count('retention.days', due.days);
  const next =
    due.nextDueAt === null ? '' : ` ${t('retention.next-due', { at: formats.dateTime(due.nextDueAt) })}`;
  return (
    <>
      {due.dataClass === 'statistics'
        ? t('retention.days-kept-of', { days, kept: count('retention.days', due.kept) })
        : t('retention.kept-of', { days, kept: formats.number(due.kept) })}{' '}
      {t(`retention.origin.${due.origin}`)}
      {next}
    </>
  );
}

function Lag({ retention }: { retention: Retention }) {
  const { t, formats } = useText();
  const { everyMinutes, due, at } = retention;
  const oldest = due.flatMap((each) => (each.oldestDueAt === null ? [] : [Date.parse(each.oldestDueAt)]));
  const lagMs = oldest.length === 0 ? 0 : Date.parse(at) - Math.min(...oldest);
  const late = lagMs > (everyMinutes + graceMinutes) * 60_000;
  const every = t('retention.every', { minutes: formats.number(everyMinutes) });
  const lag =
    oldest.length === 0 ? t('retention.nothing-due') : t('retention.lag', { lag: formats.duration(lagMs) });
  return (
    <InTime late={late} title={t(late ? 'retention.late' : 'retention.in-time')}>
      {lag} {every}
    </InTime>
  );
}

/** Numbers that ought to be asterisks by now. Nothing is said while they become so in time. */
function RedactionLag({ retention: { at, redaction } }: { retention: Retention }) {
  const { t, formats, count } = useText();
  const { due, oldestDueAt, lateMinutes } = redaction;
  const lagMs = oldestDueAt === null ? 0 : Date.parse(at) - Date.parse(oldestDueAt);
  if (lagMs <= lateMinutes * 60_000) return null;
  return (
    <InTime late title={t('retention.redaction-late')}>
      {count('retention.redaction-waiting', due)}{' '}
      {t('retention.redaction-lag', { lag: formats.duration(lagMs) })}
    </InTime>
  );
}

function InTime({ late, title, children }: { late: boolean; title: string; children: ReactNode }) {
  return (
    <section className={classes.lag} data-tone={late ? 'danger' : 'good'} role={late ? 'alert' : undefined}>
      {late ? <IconAlertTriangle aria-hidden="true" /> : <IconCircleCheck aria-hidden="true" />}
      <div>
        <strong>{title}</strong>
        <span>{children}</span>
      </div>
    </section>
  );
}

function WhatIf() {
  const { t, formats, count } = useText();
  const problemText = useProblemText();
  const accountId = useAccount().id;
  const [days, setDays] = useState<number | string>(7);
  const preview = useMutation({
    mutationFn: async (transcriptDays: number) => ({
      days: transcriptDays,
      ...(await call(previewRetention, { params: { accountId }, query: { transcriptDays } })),
    }),
  });
  return (
    <section className={classes.whatIf} aria-labelledby="what-if">
      <div className={classes.words}>
        <h2 id="what-if">{t('retention.what-if')}</h2>
        <p>{t('retention.what-if-says')}</p>
      </div>
      <form
        className={classes.ask}
        onSubmit={(event) => {
          event.preventDefault();
          preview.mutate(Number(days));
        }}
      >
        <NumberInput
          label={t('retention.days-kept')}
          value={days}
          onChange={setDays}
          min={1}
          max={3650}
          allowDecimal={false}
          clampBehavior="strict"
          required
          withAsterisk={false}
        />
        <Button
          type="submit"
          variant="default"
          leftSection={<IconClock size={16} />}
          loading={preview.isPending}
        >
          {t('retention.count')}
        </Button>
      </form>
      <p className={classes.answer} role="status">
        {preview.error !== null && problemText(preview.error)}
        {preview.data !== undefined && (
          <>
            <strong>
              {t('retention.would', {
                days: count('retention.days', preview.data.days),
                conversations: count('retention.transcripts', preview.data.conversations),
              })}
            </strong>{' '}
            {preview.data.oldest !== null &&
              t('retention.would-more', {
                entries: formats.number(preview.data.entries),
                oldest: formats.day(preview.data.oldest),
              })}
          </>
        )}
      </p>
    </section>
  );
}
