import { Popover } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useId, useRef, useState, type ReactNode } from 'react';
import { useText } from '../../text/index.ts';
import { useMetricText, type Metric } from './metrics.ts';
import classes from './statistics.module.css';

const waitMs = 150;

/** What a metric is called, unless that stands beside it, and on pointing, focus or touch what it means and how it is computed. */
export function ExplainedMetric({ metric, isNamed = true }: { metric: Metric; isNamed?: boolean }) {
  const { t } = useText();
  const { title, says, formula } = useMetricText()(metric);
  return (
    <Explained title={title} isNamed={isNamed}>
      <p>{says}</p>
      <dl>
        <dt>{t('statistics.formula')}</dt>
        <dd>{formula}</dd>
        <dt>{t('statistics.unit')}</dt>
        <dd>{t(`statistics.unit.${metric.unit}`)}</dd>
        <dt>{t('statistics.source')}</dt>
        <dd>
          <code>{metric.source.join(', ')}</code>
        </dd>
        <dt>{t('statistics.column')}</dt>
        <dd>
          <code>{metric.name}</code> · {t('statistics.version', { version: metric.version })}
        </dd>
      </dl>
    </Explained>
  );
}

/** Something with an explanation beside it, which comes on pointing, focus or touch and can be pointed at itself (WCAG 1.4.13). */
export function Explained({
  title,
  isNamed = true,
  children,
}: {
  title: string;
  isNamed?: boolean;
  children: ReactNode;
}) {
  const { t } = useText();
  const id = useId();
  const [opened, setOpened] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const become = (next: boolean, afterMs = 0) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpened(next), afterMs);
  };
  const pointing = { onMouseEnter: () => become(true, waitMs), onMouseLeave: () => become(false, waitMs) };
  return (
    <span className={classes.explained}>
      {isNamed && title}
      <Popover opened={opened} withRoles={false} width={320} withArrow shadow="md" position="bottom">
        <Popover.Target>
          <button
            type="button"
            className={classes.explain}
            aria-label={t('statistics.explain', { what: title })}
            aria-describedby={opened ? id : undefined}
            {...pointing}
            onFocus={() => become(true)}
            onBlur={() => become(false)}
            onClick={() => become(true)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || !opened) return;
              event.stopPropagation();
              become(false);
            }}
          >
            <IconInfoCircle size={16} stroke={1.8} aria-hidden="true" />
          </button>
        </Popover.Target>
        <Popover.Dropdown id={id} role="tooltip" className={classes.explanation} {...pointing}>
          {children}
        </Popover.Dropdown>
      </Popover>
    </span>
  );
}
