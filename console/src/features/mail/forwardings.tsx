import type { Conversation } from '@samtal/contract/conversations';
import type { Forwarding } from '@samtal/contract/mail';
import { useQuery } from '@tanstack/react-query';
import { useText } from '../../text/index.ts';
import { ToneBadge, type Tone } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useSession } from '../signin/index.ts';
import { forwardingsQuery } from './queries.ts';
import classes from './forwardings.module.css';

const tones = {
  queued: 'neutral',
  sent: 'good',
  'given-up': 'danger',
  dropped: 'neutral',
} as const satisfies Record<Forwarding['state'], Tone>;

/** To whom a conversation was forwarded, for those who may read it; nothing where it was not. */
export function Forwardings({ conversation }: { conversation: Conversation }) {
  const account = useAccount();
  const session = useSession();
  const isOwn = conversation.agentId === session?.user.id && conversation.state !== 'waiting';
  const mayRead = isOwn || account.can('conversations.read');
  const { data } = useQuery({ ...forwardingsQuery(account.id, conversation.id), enabled: mayRead });
  const { t } = useText();
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section className={classes.forwardings} aria-labelledby="forwardings-title">
      <h3 id="forwardings-title" className={classes.title}>
        {t('forward.list')}
      </h3>
      <ul className={classes.list} aria-live="polite">
        {data.items.map((forwarding) => (
          <Item key={forwarding.id} forwarding={forwarding} />
        ))}
      </ul>
    </section>
  );
}

function Item({ forwarding: { to, reason, byName, at, state, failure } }: { forwarding: Forwarding }) {
  const { t, formats } = useText();
  return (
    <li>
      <div className={classes.head}>
        <span className={classes.to}>{to}</span>
        <ToneBadge tone={tones[state]}>{t(`forward.state-${state}`)}</ToneBadge>
      </div>
      <p>
        {formats.dateTime(at)}
        {byName === null ? '' : ` · ${byName}`}
      </p>
      <p>{reason}</p>
      {failure !== null && state !== 'sent' && <p>{t('forward.failure', { code: failure })}</p>}
    </li>
  );
}
