import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowsExchange,
  IconCheck,
  IconDotsVertical,
  IconInfoCircle,
  IconMailForward,
  IconMapPinSearch,
} from '@tabler/icons-react';
import type { Conversation } from '@samtal/contract/conversations';
import { Link } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { CopyIcon, useIsPhone } from '../../ui/index.ts';
import { StateBadge } from './link-badge.tsx';
import { RatingMark } from './rating-mark.tsx';
import classes from './conversation.module.css';

interface ConversationHeaderProps {
  conversation: Conversation;
  back: '/' | '/find';
  /** Null where the user may not, or where there is nothing to open. */
  onTransfer: (() => void) | null;
  onResolve: (() => void) | null;
  onForward: (() => void) | null;
  onLookUp: (() => void) | null;
  onDetails: (() => void) | null;
}

export function ConversationHeader({
  conversation,
  back,
  onTransfer,
  onResolve,
  onForward,
  onLookUp,
  onDetails,
}: ConversationHeaderProps) {
  const { t } = useText();
  // Beside the lists, which a phone does not show, the page has its first heading already.
  const Heading = useIsPhone() || back === '/find' ? 'h1' : 'h2';
  return (
    <header className={classes.header}>
      <ActionIcon
        component={Link}
        to={back}
        aria-label={t('back')}
        className={back === '/' ? classes.backOnPhone : classes.back}
      >
        <IconArrowLeft size={20} />
      </ActionIcon>
      <div className={classes.headerWords}>
        <div className={classes.headerTitle}>
          <Heading id="conversation-title" className={classes.caseId}>
            {conversation.caseId}
          </Heading>
          <CopyIcon value={conversation.caseId} label={t('case.copy')} />
          <StateBadge state={conversation.state} />
          <RatingMark rating={conversation.rating} />
        </div>
        <span className={classes.where}>
          {conversation.queueName} · {conversation.siteName}
        </span>
      </div>
      <div className={classes.headerActions}>
        {onTransfer !== null && (
          <Button
            variant="default"
            className={classes.onWide}
            leftSection={<IconArrowsExchange size={16} />}
            onClick={onTransfer}
          >
            {t('transfer.open')}
          </Button>
        )}
        {onResolve !== null && (
          <Button leftSection={<IconCheck size={16} />} className={classes.onWide} onClick={onResolve}>
            {t('resolve.action')}
          </Button>
        )}
        {onForward !== null && (
          <Tooltip label={t('forward.open')}>
            <ActionIcon className={classes.onWide} aria-label={t('forward.open')} onClick={onForward}>
              <IconMailForward size={20} />
            </ActionIcon>
          </Tooltip>
        )}
        {onLookUp !== null && (
          <Tooltip label={t('look-up.open')}>
            <ActionIcon className={classes.onWide} aria-label={t('look-up.open')} onClick={onLookUp}>
              <IconMapPinSearch size={20} />
            </ActionIcon>
          </Tooltip>
        )}
        {onDetails !== null && (
          <Tooltip label={t('details.title')}>
            <ActionIcon className={classes.onWide} aria-label={t('details.title')} onClick={onDetails}>
              <IconInfoCircle size={20} />
            </ActionIcon>
          </Tooltip>
        )}
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon className={classes.onNarrow} aria-label={t('more')}>
              <IconDotsVertical size={20} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {onResolve !== null && (
              <Menu.Item leftSection={<IconCheck size={16} />} onClick={onResolve}>
                {t('resolve.action')}
              </Menu.Item>
            )}
            {onTransfer !== null && (
              <Menu.Item leftSection={<IconArrowsExchange size={16} />} onClick={onTransfer}>
                {t('transfer.open')}
              </Menu.Item>
            )}
            {onForward !== null && (
              <Menu.Item leftSection={<IconMailForward size={16} />} onClick={onForward}>
                {t('forward.open')}
              </Menu.Item>
            )}
            {onLookUp !== null && (
              <Menu.Item leftSection={<IconMapPinSearch size={16} />} onClick={onLookUp}>
                {t('look-up.open')}
              </Menu.Item>
            )}
            {onDetails !== null && (
              <Menu.Item leftSection={<IconInfoCircle size={16} />} onClick={onDetails}>
                {t('details.title')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </div>
    </header>
  );
}
