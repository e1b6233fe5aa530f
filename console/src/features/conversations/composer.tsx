import { ActionIcon, Button, SegmentedControl, Textarea, Tooltip } from '@mantine/core';
import { IconBolt, IconNotes, IconSend } from '@tabler/icons-react';
import { maxTextLength, streamName, type Conversation } from '@samtal/contract/conversations';
import type { CannedReply } from '@samtal/contract/canned-replies';
import { useCallback, useEffect, useRef, type ClipboardEvent, type KeyboardEvent } from 'react';
import { useShortcut } from '../../shortcuts/index.ts';
import { useText } from '../../text/index.ts';
import { useIsPhone } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { fillReply, typedShortcut } from '../canned-replies/index.ts';
import { AttachButton, uploads, UploadsList, useDroppedFiles, useFileRules } from '../media/index.ts';
import { useLive } from '../realtime/index.ts';
import { useSession } from '../signin/index.ts';
import { CannedPicker } from './canned-picker.tsx';
import { useDraft, type DraftKind } from './drafts.ts';
import { useCannedPicker } from './use-canned-picker.ts';
import { useSayTyping } from './use-say-typing.ts';
import classes from './composer.module.css';

/** From here on the length is shown. */
const nearLimit = maxTextLength - 400;

/** Where the agent writes to the visitor, or a note to colleagues. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const { t, formats } = useText();
  const live = useLive();
  const draft = useDraft(conversation.id);
  const field = useRef<HTMLTextAreaElement>(null);
  const sayTyping = useSayTyping(conversation.id);
  const filled = useReplyFilling(conversation);
  const isPhone = useIsPhone();
  const isNote = draft.kind === 'note';
  const tooLong = draft.text.length > maxTextLength;
  const maySend = draft.text.trim() !== '' && !tooLong;

  const write = (text: string) => {
    draft.setText(text);
    if (!isNote) sayTyping(text.trim() !== '' && typedShortcut(text) === null);
  };
  const picker = useCannedPicker(isNote ? null : typedShortcut(draft.text), (reply) => write(filled(reply)));
  const send = () => {
    if (!maySend) return;
    live.post(streamName(conversation.id, isNote ? 'internal' : 'public'), draft.kind, draft.text.trim());
    sayTyping(false);
    draft.setText('');
  };
  const switchTo = (kind: DraftKind) => {
    draft.setKind(kind);
    sayTyping(false);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || picker.onKeyDown(event)) return;
    if (event.key === 'Escape') field.current?.blur();
    if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    send();
  };
  const box = useRef<HTMLDivElement>(null);
  const attaching = useAttaching(conversation);
  const mayAttach = isNote ? null : attaching;
  const above = useDroppedFiles(box, mayAttach?.attach ?? null);
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (mayAttach === null || files.length === 0) return;
    event.preventDefault();
    mayAttach.attach(files);
  };
  useShortcut('reply', () => switchTo('message'));
  useShortcut('note', () => switchTo('note'));
  useFocusOnDesktop(field);

  return (
    <div ref={box} className={classes.composer} data-kind={draft.kind}>
      {above && <div className={classes.drop}>{t('files.drop')}</div>}
      <UploadsList conversationId={conversation.id} />
      {picker.opened && <CannedPicker picker={picker} />}
      <div className={classes.tabs}>
        <SegmentedControl
          size="xs"
          value={draft.kind}
          onChange={(kind) => switchTo(kind)}
          aria-label={t('composer.kind')}
          data={[
            { value: 'message', label: t('composer.message') },
            {
              value: 'note',
              label: (
                <span className={classes.noteTab}>
                  <IconNotes size={14} aria-hidden="true" /> {t('composer.note')}
                </span>
              ),
            },
          ]}
        />
        {draft.text.length > nearLimit && (
          <span className={classes.length} data-over={tooLong || undefined} role="status">
            {t(tooLong ? 'composer.too-long' : 'composer.length', {
              length: formats.number(draft.text.length),
              max: formats.number(maxTextLength),
            })}
          </span>
        )}
      </div>
      <div className={classes.row}>
        <Textarea
          ref={field}
          className={classes.field}
          classNames={{ input: classes.input }}
          value={draft.text}
          onChange={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={() => sayTyping(false)}
          aria-label={t(isNote ? 'composer.write-note' : 'composer.write')}
          placeholder={t(isNote ? 'composer.write-note' : isPhone ? 'composer.write' : 'composer.write-hint')}
          autosize
          minRows={1}
          maxRows={8}
          spellCheck
          enterKeyHint="send"
          error={tooLong}
          {...picker.fieldProps}
        />
        {mayAttach !== null && <AttachButton rules={mayAttach.rules} onFiles={mayAttach.attach} />}
        {!isNote && (
          <Tooltip label={t('composer.canned')}>
            <ActionIcon
              size={36}
              aria-label={t('composer.canned')}
              onClick={() => {
                write('/');
                field.current?.focus();
              }}
              disabled={draft.text !== ''}
            >
              <IconBolt size={19} />
            </ActionIcon>
          </Tooltip>
        )}
        <Button
          className={classes.send}
          onClick={send}
          disabled={!maySend}
          aria-label={t(isNote ? 'composer.save-note' : 'composer.send')}
        >
          <IconSend size={16} aria-hidden="true" />
          <span className={classes.sendWord}>{t(isNote ? 'composer.save-note' : 'composer.send')}</span>
        </Button>
      </div>
    </div>
  );
}

/** Sending files, where the account lets agents send some; null where it does not. */
function useAttaching(conversation: Conversation) {
  const account = useAccount();
  const rules = useFileRules(conversation)?.send ?? null;
  const { id: conversationId } = conversation;
  const attach = useCallback(
    (files: readonly File[]) => {
      if (rules !== null) uploads.add({ accountId: account.id, conversationId }, files, rules);
    },
    [account.id, conversationId, rules],
  );
  return rules === null ? null : { rules, attach };
}

function useReplyFilling(conversation: Conversation): (reply: CannedReply) => string {
  const session = useSession();
  // Visitors have no name yet, only an id (D2).
  return (reply) =>
    fillReply(reply.text, { visitor: '', agent: session?.user.name ?? '', case: conversation.caseId });
}

/** Where there is a keyboard, writing can begin at once; on a phone the keyboard would cover the transcript. */
function useFocusOnDesktop(field: { current: HTMLTextAreaElement | null }): void {
  useEffect(() => {
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus({ preventScroll: true });
  }, [field]);
}
