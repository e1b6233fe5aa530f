import { Button } from '@mantine/core';
import { IconEyeCheck } from '@tabler/icons-react';
import type { ShownValues } from '@samtal/contract/session-data';
import { useText } from '../../text/index.ts';
import { CopyIcon } from '../../ui/index.ts';
import classes from './session-data.module.css';

/** What the visitor's page shows now, marked as what is stored nowhere. */
export function ShownValuesPanel({ values }: { values: ShownValues }) {
  const { t } = useText();
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <section className={classes.panel} aria-labelledby="session-data-title">
      <h3 id="session-data-title" className={classes.title}>
        <IconEyeCheck size={16} aria-hidden="true" /> {t('session-data.title')}
      </h3>
      <dl className={classes.values}>
        {entries.map(([label, value]) => (
          <div key={label} className={classes.value}>
            <div className={classes.words}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
            <CopyIcon value={value} label={t('session-data.copy', { label })} />
          </div>
        ))}
      </dl>
      <p className={classes.says}>{t('session-data.says')}</p>
    </section>
  );
}

interface ShownValuesBarProps {
  values: ShownValues;
  onOpen: () => void;
}

/** Where the details are out of sight: that there is something in them, and the way to it. */
export function ShownValuesBar({ values, onOpen }: ShownValuesBarProps) {
  const { t } = useText();
  const count = Object.keys(values).length;
  return (
    <div role="status">
      {count > 0 && (
        <p className={classes.bar}>
          <IconEyeCheck size={18} aria-hidden="true" />
          <span className={classes.words}>{t('session-data.bar')}</span>
          <Button size="compact-sm" variant="default" onClick={onOpen}>
            {t('session-data.open')}
          </Button>
        </p>
      )}
    </div>
  );
}
