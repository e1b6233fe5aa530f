import { IconArrowRight } from '@tabler/icons-react';
import { useText } from '../text/index.ts';
import classes from './before-after.module.css';

export interface Line {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly note?: string | null;
}

/** What something was and what it is or will be, line by line. */
export function BeforeAfter({ label, lines }: { label: string; lines: readonly Line[] }) {
  const { t } = useText();
  return (
    <ul className={classes.lines} aria-label={label}>
      {lines.map(({ name, before, after, note = null }) => (
        <li key={name} className={classes.line}>
          <span className={classes.name}>{name}</span>
          <span className={classes.values}>
            <del>
              <span className={classes.hidden}>{t('history.before')}: </span>
              {before}
            </del>
            <IconArrowRight size={14} aria-hidden="true" className={classes.arrow} />
            <ins>
              <span className={classes.hidden}>{t('history.after')}: </span>
              {after}
            </ins>
          </span>
          {note !== null && <span className={classes.note}>{note}</span>}
        </li>
      ))}
    </ul>
  );
}
