import { Skeleton, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';
import { ErrorState } from '../../ui/index.ts';
import { ConversationView } from './conversation-view.tsx';
import { conversationQuery } from './queries.ts';
import classes from './conversation.module.css';

interface ConversationPageProps {
  /** Where the way back leads. */
  back: '/' | '/find';
}

/** Loads one conversation and shows it. */
function ConversationPage({ back }: ConversationPageProps) {
  const { t } = useText();
  const account = useAccount();
  const { conversationId = '' } = useParams({ strict: false });
  const conversation = useQuery(conversationQuery(account.id, conversationId));

  if (conversation.data !== undefined) {
    return <ConversationView key={conversationId} conversation={conversation.data} back={back} />;
  }
  if (conversation.error !== null) {
    return (
      <div className={classes.nothing}>
        <VisuallyHidden component="h1">{t('conversation.failed')}</VisuallyHidden>
        <ErrorState error={conversation.error} onRetry={() => void conversation.refetch()} />
      </div>
    );
  }
  return (
    <div className={classes.loading} aria-busy="true">
      <Skeleton height={36} width="40%" />
      <Skeleton height={44} width="60%" mt="xl" radius="lg" />
      <Skeleton height={44} width="45%" radius="lg" style={{ alignSelf: 'flex-end' }} />
      <Skeleton height={64} width="55%" radius="lg" />
    </div>
  );
}

export function WorkspaceConversation() {
  return <ConversationPage back="/" />;
}

export function FoundConversation() {
  return <ConversationPage back="/find" />;
}
