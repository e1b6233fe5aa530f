import { Skeleton } from '@mantine/core';
import type { FiguresRow } from '@samtal/contract/statistics';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { ErrorState } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { FiguresTable } from './figures-table.tsx';
import { measuresOf, metricsOf, type Dimension, type Metric, type Subject } from './metrics.ts';
import { AllMetrics } from './over-time.tsx';
import { figuresQuery, type Wanted } from './queries.ts';
import { partOf, subjectViews } from './subject-views.ts';
import { useView } from './use-view.ts';
import { without, type View } from './view.ts';
import classes from './statistics.module.css';

interface BreakdownProps {
  subject: Subject;
  wanted: Wanted;
  chosen: Metric;
  isUnderWay: boolean;
}

/** What the figures are made up of: queues of the account, agents of a queue. Each line narrows to itself. */
export function Breakdown({ subject, wanted, chosen, isUnderWay }: BreakdownProps) {
  const { t } = useText();
  const [view] = useView();
  const { id } = useAccount();
  const part = partOf(subject, wanted);
  const query = useQuery({
    ...figuresQuery(id, { ...wanted, ...(part ?? { subject, by: 'queue' as const }) }, isUnderWay),
    enabled: part !== undefined,
  });
  if (part === undefined) return null;
  const metrics = metricsOf(part.subject);
  const { main } = subjectViews[part.subject];
  const shown =
    view.all === true
      ? metrics
      : main.flatMap((name) => metrics.find((metric) => metric.name === name) ?? []);
  const drawn = part.subject === subject ? chosen.name : main[0];
  return (
    <div className={classes.card}>
      <header className={classes.cardHead}>
        <h2>{t(`statistics.by-each.${part.by}`)}</h2>
        <AllMetrics />
      </header>
      {query.isLoading && <Skeleton height={160} radius="md" aria-label={t('loading')} />}
      {query.error !== null && query.data === undefined && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data?.rows.length === 0 && <p className={classes.note}>{t('statistics.by-none')}</p>}
      {query.data !== undefined && query.data.rows.length > 0 && (
        <FiguresTable
          label={t(`statistics.by-each.${part.by}`)}
          head={t(`statistics.by.${part.by}`)}
          metrics={shown}
          drawn={drawn ?? ''}
          lines={byGreatest(query.data.rows, drawn ?? '').map((row) => {
            const { id: partId, name } = dimensionOf(row, part.by);
            return {
              key: partId,
              measures: measuresOf(row),
              name: (
                <Link
                  to="/statistics/$subject"
                  params={{ subject: part.subject }}
                  search={(before: View) => narrowed(before, { [part.by]: partId }, part.subject !== subject)}
                  className={classes.narrow}
                >
                  {name ?? t(`statistics.past.${part.by}`)}
                </Link>
              ),
            };
          })}
        />
      )}
    </div>
  );
}

/** On another page another metric is drawn. */
function narrowed(before: View, part: Partial<Record<Dimension, string>>, isElsewhere: boolean): View {
  return { ...(isElsewhere ? without(before, 'metric') : before), ...part };
}

function byGreatest(rows: readonly FiguresRow[], metric: string): FiguresRow[] {
  return rows.toSorted((one, other) => (measuresOf(other)[metric] ?? -1) - (measuresOf(one)[metric] ?? -1));
}

function dimensionOf({ dimensions }: FiguresRow, by: Dimension): { id: string; name: string | null } {
  const { id = null, name = null } = dimensions.find(({ dimension }) => dimension === by) ?? {};
  return { id: id ?? '', name };
}
