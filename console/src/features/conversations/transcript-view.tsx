import { Button, Skeleton } from '@mantine/core';
import { IconArrowDown, IconLock, IconMessageCircle } from '@tabler/icons-react';
import { streamName, type Conversation } from '@samtal/contract/conversations';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Refusal } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { EmptyState, ErrorState } from '../../ui/index.ts';
import { useFileRules } from '../media/index.ts';
import { useVisitorTyping } from '../realtime/index.ts';
import { EventLine } from './event-line.tsx';
import { PostGroupView } from './post-group-view.tsx';
import { useTranscript } from './use-transcript.ts';
import classes from './transcript.module.css';

const nearBottomPx = 80;

/** What was written, with the newest at the bottom and in sight unless the reader has scrolled away. */
export function TranscriptView({ conversation }: { conversation: Conversation }) {
  const { t, formats } = useText();
  const { items, loading, error, retry } = useTranscript(conversation);
  const mayLink = useFileRules(conversation)?.mayLink ?? false;
  const { ref, onScroll, toBottom, newBelow, settled } = useStickyScroll(items);

  if (error !== null) return <Unreadable conversation={conversation} error={error} onRetry={retry} />;
  return (
    <div className={classes.frame}>
      {/* A scrolling region must be reachable by keyboard, hence the tab stop. */}
      <div
        ref={ref}
        className={classes.scroll}
        onScroll={onScroll}
        tabIndex={0}
        role="log"
        aria-label={t('transcript.of', { case: conversation.caseId })}
        aria-live={settled ? 'polite' : 'off'}
        aria-busy={loading}
      >
        <div className={classes.content}>
          {loading && <TranscriptSkeleton />}
          {!loading && items.length === 0 && (
            <EmptyState icon={IconMessageCircle} title={t('transcript.empty')} />
          )}
          {items.map((item) => {
            if (item.type === 'posts') return <PostGroupView key={item.key} group={item} mayLink={mayLink} />;
            if (item.type === 'event') return <EventLine key={item.key} entry={item.entry} />;
            return (
              <div key={item.key} className={classes.day}>
                <span>{formats.day(item.at)}</span>
              </div>
            );
          })}
        </div>
      </div>
      <TypingLine conversationId={conversation.id} />
      {newBelow && (
        <Button
          className={classes.newBelow}
          size="xs"
          radius="xl"
          leftSection={<IconArrowDown size={14} />}
          onClick={toBottom}
        >
          {t('transcript.new-below')}
        </Button>
      )}
    </div>
  );
}

function TypingLine({ conversationId }: { conversationId: string }) {
  const { t } = useText();
  const typing = useVisitorTyping(streamName(conversationId, 'public'));
  return (
    <div className={classes.typing} data-on={typing !== null || undefined}>
      {typing !== null && (
        <>
          <span className={classes.dots} aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t('typing.visitor')}
        </>
      )}
    </div>
  );
}

function TranscriptSkeleton() {
  return (
    <>
      <Skeleton height={40} width="55%" radius="lg" />
      <Skeleton height={56} width="48%" radius="lg" style={{ alignSelf: 'flex-end' }} />
      <Skeleton height={40} width="40%" radius="lg" />
    </>
  );
}

interface UnreadableProps {
  conversation: Conversation;
  error: Error;
  onRetry: () => void;
}

/** Says why there is no transcript: a missing authorisation is not a failure, and trying again would not help. */
function Unreadable({ conversation, error, onRetry }: UnreadableProps) {
  const { t } = useText();
  const refused = error instanceof Refusal && ['access.forbidden', 'not-found'].includes(error.code);
  if (!refused) {
    return (
      <div className={classes.frame}>
        <ErrorState error={error} onRetry={onRetry} />
      </div>
    );
  }
  const isFree = conversation.state === 'waiting' || conversation.state === 'offered';
  return (
    <div className={classes.frame}>
      <EmptyState
        icon={IconLock}
        title={t(isFree ? 'transcript.take-first' : 'transcript.locked')}
        says={
          isFree
            ? t('transcript.take-first-says')
            : t('transcript.locked-says', { authorisation: t('authorisation.conversations.read') })
        }
      />
    </div>
  );
}

/** Keeps the end of a growing list in sight, as long as the reader is there. */
function useStickyScroll(items: readonly unknown[]) {
  const ref = useRef<HTMLDivElement>(null);
  const atBottom = useRef(true);
  const [newBelow, setNewBelow] = useState(false);
  const [settled, setSettled] = useState(false);

  const toBottom = () => {
    const element = ref.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
    setNewBelow(false);
  };

  useLayoutEffect(() => {
    if (atBottom.current) toBottom();
    else setNewBelow(true);
  }, [items]);

  useEffect(() => {
    // What stood there when the conversation was opened is not news to a screen reader.
    const timer = setTimeout(() => setSettled(true), 1_500);
    const element = ref.current;
    if (element === null) return () => clearTimeout(timer);
    const observer = new ResizeObserver(() => {
      if (atBottom.current) toBottom();
    });
    observer.observe(element);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, []);

  const onScroll = () => {
    const element = ref.current;
    if (element === null) return;
    atBottom.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearBottomPx;
    if (atBottom.current) setNewBelow(false);
  };
  return { ref, onScroll, toBottom, newBelow, settled };
}
