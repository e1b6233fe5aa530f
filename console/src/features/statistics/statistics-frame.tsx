import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';
import { pagedSubjects } from './metrics.ts';
import { liveQuery } from './queries.ts';
import { readView, without } from './view.ts';
import classes from './statistics.module.css';

/** The pages of statistics. From one to the next, the period and what the figures are narrowed to stay. */
export function StatisticsFrame() {
  const { t } = useText();
  const live = useQuery(liveQuery(useAccount().id)).data;
  const pages = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // On a phone not all of them fit beside each other.
  useEffect(() => {
    pages.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pathname, live?.scopes]);
  const kept = (search: object) => without(readView({ ...search }), 'metric');
  return (
    <>
      <nav ref={pages} className={classes.pages} aria-label={t('statistics.pages')}>
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
        {live?.scopes === null && (
          <Link to="/statistics/files" search={kept} activeOptions={{ includeSearch: false }}>
            {t('statistics.files')}
          </Link>
        )}
      </nav>
      <Outlet />
    </>
  );
}
