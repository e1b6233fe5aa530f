import { Drawer } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import type { Conversation } from '@samtal/contract/conversations';
import { useShortcut } from '../../shortcuts/index.ts';
import { useText } from '../../text/index.ts';
import { announce, ConfirmDialog, useIsPhone, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { LookUpDialog } from '../activity-log/index.ts';
import { ForwardDialog } from '../mail/index.ts';
import { ConnectionChip } from '../realtime/index.ts';
import { ShownValuesBar, useShownValues } from '../session-data/index.ts';
import { useSession } from '../signin/index.ts';
import { ConversationFooter } from './conversation-footer.tsx';
import { ConversationHeader } from './conversation-header.tsx';
import { Details } from './details.tsx';
import { LinkBanner } from './link-banner.tsx';
import { TranscriptView } from './transcript-view.tsx';
import { TransferDialog } from './transfer-dialog.tsx';
import { useActions } from './use-actions.ts';
import { useSeen } from './use-seen.ts';
import classes from './conversation.module.css';

interface ConversationViewProps {
  conversation: Conversation;
  back: '/' | '/find';
}

/** One conversation: what was written, what can be done, and what is known about it. */
export function ConversationView({ conversation, back }: ConversationViewProps) {
  const { t } = useText();
  const account = useAccount();
  const session = useSession();
  const actions = useActions();
  const report = useReport();
  const [detailsOpened, details] = useDisclosure(false);
  const [transferOpened, transfer] = useDisclosure(false);
  const [resolveOpened, resolve] = useDisclosure(false);
  const [forwardOpened, forward] = useDisclosure(false);
  const [lookUpOpened, lookUp] = useDisclosure(false);
  const wide = useMediaQuery('(min-width: 75em)', window.innerWidth >= 1200, {
    getInitialValueInEffect: false,
  });

  // An open conversation fills a phone: the bar that says so otherwise is not in sight.
  const isPhone = useIsPhone();
  const isOwn = conversation.agentId === session?.user.id;
  const isTalking = isOwn && conversation.state === 'active';
  const mayDirect = conversation.state !== 'resolved' && (isTalking || account.can('conversations.direct'));
  const mayForward = account.can('conversations.forward') && (isOwn || account.can('conversations.read'));
  useSeen(conversation.id, isTalking);
  const shown = useShownValues(conversation, isTalking);

  const resolveNow = async () => {
    await actions.resolve(conversation.id);
    announce(t('resolve.done', { case: conversation.caseId }));
  };
  useShortcut('resolve', mayDirect ? resolve.open : null);
  useShortcut('resolveNow', mayDirect ? () => void report(resolveNow()) : null);
  useShortcut('tag', wide ? null : details.open);
  useShortcut('transfer', mayDirect ? transfer.open : null);

  return (
    <div className={classes.columns}>
      <section className={classes.conversation} aria-labelledby="conversation-title">
        <ConversationHeader
          conversation={conversation}
          back={back}
          onTransfer={mayDirect ? transfer.open : null}
          onResolve={mayDirect ? resolve.open : null}
          onForward={mayForward ? forward.open : null}
          onLookUp={account.can('activity-log.look-up') ? lookUp.open : null}
          onDetails={wide ? null : details.open}
        />
        {isPhone && (
          <div className={classes.phoneChip}>
            <ConnectionChip />
          </div>
        )}
        {conversation.state !== 'resolved' && <LinkBanner conversation={conversation} />}
        {!wide && <ShownValuesBar values={shown} onOpen={details.open} />}
        <TranscriptView conversation={conversation} />
        <ConversationFooter conversation={conversation} isOwn={isOwn} />
      </section>
      {wide ? (
        <aside className={classes.aside} aria-label={t('details.title')}>
          <h2 className={classes.asideTitle}>{t('details.title')}</h2>
          <Details conversation={conversation} shown={shown} />
        </aside>
      ) : (
        <Drawer
          opened={detailsOpened}
          onClose={details.close}
          position="right"
          size="20rem"
          title={t('details.title')}
          closeButtonProps={{ 'aria-label': t('close') }}
        >
          <Details conversation={conversation} shown={shown} />
        </Drawer>
      )}
      <TransferDialog conversation={conversation} opened={transferOpened} onClose={transfer.close} />
      <ForwardDialog conversation={conversation} opened={forwardOpened} onClose={forward.close} />
      <LookUpDialog conversation={conversation} opened={lookUpOpened} onClose={lookUp.close} />
      <ConfirmDialog
        opened={resolveOpened}
        onClose={resolve.close}
        title={t('resolve.title', { case: conversation.caseId })}
        says={t('resolve.says')}
        action={t('resolve.action')}
        onConfirm={resolveNow}
      />
    </div>
  );
}
