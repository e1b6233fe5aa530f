import { Link, Outlet } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { pagedSubjects } from './metrics.ts';
import { without, type View } from './view.ts';
import classes from './statistics.module.css';

/** The pages of statistics. From one to the next, the period and what the figures are narrowed to stay. */
export function StatisticsFrame() {
  const { t } = useText();
  const kept = (view: View) => without(view, 'metric');
  return (
    <>
      <nav className={classes.pages} aria-label={t('statistics.pages')}>
        <Link to="/statistics" search={kept} activeOptions={{ exact: true, includeSearch: false }}>
          {t('statistics.live')}
        </Link>
        {pagedSubjects.map((subject) => (
          <Link
            key={subject}
            to="/statistics/$subject"
            params={{ subject }}
            search={kept}
            activeOptions={{ includeSearch: false }}
          >
            {t(`statistics.${subject}`)}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
