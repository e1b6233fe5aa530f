import type { Entry } from '@samtal/contract/conversations';
import { useText, type Text } from '../../text/index.ts';
import { useAttributes } from '../visitors/index.ts';
import classes from './transcript.module.css';

/** What happened between the messages, as a quiet line. */
export function EventLine({ entry }: { entry: Entry }) {
  const text = useText();
  const attributes = useAttributes().data ?? [];
  const labelOf = (key: string) => attributes.find((each) => each.key === key)?.label ?? key;
  return (
    <p className={classes.event} data-kind={entry.kind}>
      {wordsOf(entry, text, labelOf)} <time dateTime={entry.at}>{text.formats.time(entry.at)}</time>
    </p>
  );
}

function wordsOf(entry: Entry, { t }: Text, labelOf: (key: string) => string): string {
  switch (entry.kind) {
    case 'started':
      return t('event.started');
    case 'joined':
    case 'left':
    case 'offered':
    case 'declined':
    case 'missed':
      return t(`event.${entry.kind}`, { name: entry.body.agentName });
    case 'transferred':
      return entry.body.queueName === null
        ? t('event.transferred-agent')
        : t('event.transferred-queue', { queue: entry.body.queueName });
    case 'resolved':
      return withQuote(
        t(`event.resolved-${entry.body.by}`, { name: entry.actor.name ?? '' }),
        entry.body.text,
      );
    case 'inactivity-warning':
      return withQuote(t('event.inactivity-warning', { minutes: entry.body.minutes }), entry.body.text);
    case 'connection':
      return t(`event.connection-${entry.body.state}`);
    case 'tagged':
      return [
        ...(entry.body.added.length === 0 ? [] : [t('event.tagged', { tags: entry.body.added.join(', ') })]),
        ...(entry.body.removed.length === 0
          ? []
          : [t('event.untagged', { tags: entry.body.removed.join(', ') })]),
      ].join(' · ');
    case 'redacted':
    case 'notes-redacted':
    case 'unreadable':
    case 'note-unreadable':
      return t(`event.${entry.kind}`);
    case 'profile':
      return t(entry.body.verified === true ? 'event.verified' : 'event.profile', {
        attributes: entry.body.keys.map(labelOf).join(', '),
      });
    case 'message':
    case 'note':
      return entry.body.text;
    case 'file':
      return entry.body.name;
  }
}

/** What happened, and the account’s own words that the visitor saw then. */
function withQuote(says: string, quoted = ''): string {
  return quoted === '' ? says : `${says}: “${quoted}”`;
}
