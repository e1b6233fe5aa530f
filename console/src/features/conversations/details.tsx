import type { Conversation } from '@samtal/contract/conversations';
import type { ShownValues } from '@samtal/contract/session-data';
import type { ReactNode } from 'react';
import { useText } from '../../text/index.ts';
import { CopyIcon, useNow } from '../../ui/index.ts';
import { Forwardings } from '../mail/index.ts';
import { ConversationRetention } from '../retention/index.ts';
import { ShownValuesPanel } from '../session-data/index.ts';
import { ProfileFacts } from '../visitors/index.ts';
import { LinkBadge, StateBadge } from './link-badge.tsx';
import { TagsEditor } from './tags-editor.tsx';
import classes from './conversation.module.css';

/** What is known about a conversation, beside what was said in it. */
export function Details({ conversation, shown }: { conversation: Conversation; shown: ShownValues }) {
  const { t, formats } = useText();
  const now = useNow();
  const until = conversation.resolvedAt === null ? now : new Date(conversation.resolvedAt).getTime();
  const lasted = formats.duration(until - new Date(conversation.startedAt).getTime());
  return (
    <>
      <ShownValuesPanel values={shown} />
      <dl className={classes.facts}>
        <Fact name={t('details.case')}>
          {conversation.caseId} <CopyIcon value={conversation.caseId} label={t('case.copy')} />
        </Fact>
        <Fact name={t('details.state')}>
          <StateBadge state={conversation.state} />
        </Fact>
        {conversation.state !== 'resolved' && (
          <Fact name={t('details.link')}>
            <LinkBadge link={conversation.link} />
          </Fact>
        )}
        <Fact name={t('details.agent')}>{conversation.agentName ?? t('details.nobody')}</Fact>
        <Fact name={t('details.queue')}>{conversation.queueName}</Fact>
        <Fact name={t('details.site')}>{conversation.siteName}</Fact>
        <Fact name={t('details.started')}>{formats.dateTime(conversation.startedAt)}</Fact>
        {conversation.resolvedAt !== null && (
          <Fact name={t('details.resolved')}>{formats.dateTime(conversation.resolvedAt)}</Fact>
        )}
        {conversation.rating !== null && (
          <Fact name={t('details.rating')}>{t('details.rated', { score: conversation.rating })}</Fact>
        )}
        <Fact name={t('details.lasted')}>{lasted}</Fact>
        <Fact name={t('details.tags')}>
          <TagsEditor conversation={conversation} />
        </Fact>
      </dl>
      <Forwardings conversation={conversation} />
      <ConversationRetention conversation={conversation} />
      <ProfileFacts conversation={conversation} />
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
