import { IconPencil } from '@tabler/icons-react';
import { streamName, type Conversation } from '@samtal/contract/conversations';
import { Link } from '@tanstack/react-router';
import { useVisitorTyping, useThread } from '../realtime/index.ts';
import { useText } from '../../text/index.ts';
import { hasDraft } from './drafts.ts';
import { LinkBadge } from './link-badge.tsx';
import { useUnread } from './use-unread.ts';
import classes from './lists.module.css';

/** One conversation that the agent has. */
export function ActiveItem({ conversation }: { conversation: Conversation }) {
  const { t, count, formats } = useText();
  const unread = useUnread(conversation);
  const typing = useVisitorTyping(streamName(conversation.id, 'public'));
  const last = useLastMessage(conversation);

  return (
    <Link
      to="/conversations/$conversationId"
      params={{ conversationId: conversation.id }}
      className={classes.item}
      activeProps={{ 'aria-current': 'page' }}
      data-unread={unread > 0 || undefined}
    >
      <span className={classes.line}>
        <span className={classes.caseId}>{conversation.caseId}</span>
        <span className={classes.when}>{formats.short(last?.at ?? conversation.startedAt)}</span>
      </span>
      <span className={classes.line}>
        <span className={classes.preview}>
          {typing === null ? <Preview last={last} /> : <em>{t('typing.visitor')}</em>}
        </span>
        {unread > 0 && (
          <span className={classes.unread}>
            <span aria-hidden="true">{formats.number(unread)}</span>
            <span className={classes.hidden}>{count('unread', unread)}</span>
          </span>
        )}
      </span>
      <span className={classes.line}>
        <span className={classes.where}>
          {conversation.queueName} · {conversation.siteName}
        </span>
        {hasDraft(conversation.id) && <IconPencil size={14} aria-label={t('draft')} />}
        {(conversation.link === 'weak' || conversation.link === 'lost') && (
          <LinkBadge link={conversation.link} />
        )}
      </span>
    </Link>
  );
}

interface LastMessage {
  by: 'visitor' | 'agent';
  text: string;
  at: string;
}

/** The newest message, from the live stream where it is known. */
function useLastMessage(conversation: Conversation): LastMessage | null {
  const thread = useThread(streamName(conversation.id, 'public'));
  const entry = thread?.entries.findLast((each) => each.kind === 'message' || each.kind === 'file');
  if (entry?.kind !== 'message' && entry?.kind !== 'file') return conversation.preview;
  const text = entry.kind === 'file' ? entry.body.name : entry.body.text;
  return { by: entry.actor.kind === 'visitor' ? 'visitor' : 'agent', text, at: entry.at };
}

function Preview({ last }: { last: LastMessage | null }) {
  const { t } = useText();
  if (last === null) return t('preview.none');
  return last.by === 'agent' ? t('preview.agent', { text: last.text }) : last.text;
}
