import type { LiveFigures } from '@samtal/contract/statistics';
import { useText } from '../../text/index.ts';
import { ToneDot } from '../../ui/index.ts';
import classes from './wallboard.module.css';

type Agent = LiveFigures['agents'][number];

const states = ['available', 'away', 'offline'] as const;
const tones = { available: 'good', away: 'warning', offline: 'neutral' } as const;
/** More places than these are said by their number alone. */
const mostPips = 8;

/** The agents by what they are, and how much of what they can have they have. */
export function AgentCards({ agents }: { agents: readonly Agent[] }) {
  const { t, count } = useText();
  const isThere = agents.some(({ state }) => state !== 'offline');
  return (
    <section className={classes.panel} aria-label={t('statistics.agents')}>
      {!isThere && <p className={classes.note}>{t('statistics.nobody-there')}</p>}
      {states.map((state) => {
        const those = agents.filter((agent) => agent.state === state);
        if (those.length === 0) return null;
        return (
          <div key={state}>
            <h2 className={classes.state}>
              <ToneDot tone={tones[state]} />
              {count(`statistics.agents-${state}`, those.length)}
            </h2>
            <ul className={classes.agents} data-state={state}>
              {those.map((agent) => (
                <AgentCard key={agent.agentId} agent={agent} />
              ))}
            </ul>
          </div>
        );
      })}
    </section>
  );
}

function AgentCard({ agent: { name, state, conversations, maxConversations } }: { agent: Agent }) {
  const { t } = useText();
  const showsLoad = state !== 'offline' || conversations > 0;
  return (
    <li>
      <span>{name}</span>
      {showsLoad && (
        <span className={classes.load}>
          {maxConversations <= mostPips && (
            <span className={classes.pips} aria-hidden="true">
              {Array.from({ length: Math.max(maxConversations, conversations) }, (_, place) => (
                <span
                  // Places have no identity but their number.
                  key={place}
                  data-taken={place < conversations || undefined}
                />
              ))}
            </span>
          )}
          {t('statistics.load', { count: conversations, most: maxConversations })}
        </span>
      )}
    </li>
  );
}
