import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';
import type { Dimension } from './metrics.ts';
import { liveQuery } from './queries.ts';
import { useScopeText } from './scope-note.tsx';
import { useView } from './use-view.ts';
import { without, type View } from './view.ts';
import classes from './statistics.module.css';

/** From the account, or what the viewer has of it, down to what the figures are narrowed to. */
export function Crumbs({ filters }: { filters: readonly Dimension[] }) {
  const { t } = useText();
  const account = useAccount();
  const [view] = useView();
  const live = useQuery(liveQuery(account.id)).data;
  const scope = useScopeText(live?.scopes);
  const names = {
    queue: live?.queues.find(({ queueId }) => queueId === view.queue)?.name,
    site: live?.sites.find(({ siteId }) => siteId === view.site)?.name,
    agent: live?.agents.find(({ agentId }) => agentId === view.agent)?.name,
  };
  const narrowed = filters.filter((name) => view[name] !== undefined);
  const crumbs = [
    { key: 'all', text: scope ?? t('statistics.whole', { account: account.name }), gone: filters },
    ...narrowed.map((name, index) => ({
      key: name,
      text: names[name] ?? t(`statistics.past.${name}`),
      gone: narrowed.slice(index + 1),
    })),
  ];
  return (
    <nav className={classes.crumbs} aria-label={t('statistics.narrowed')}>
      <ol>
        {crumbs.map(({ key, text, gone }, index) => (
          <li key={key}>
            {index === crumbs.length - 1 ? (
              <span aria-current="true">{text}</span>
            ) : (
              <Link to="." search={(before: View) => without(before, ...gone)}>
                {text}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
