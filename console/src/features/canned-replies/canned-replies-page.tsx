import { ActionIcon, Button, Code, Text, Textarea, TextInput } from '@mantine/core';
import {
  changeCannedReply,
  createCannedReply,
  deleteCannedReply,
  type CannedReply,
} from '@samtal/contract/canned-replies';
import { IconBolt, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, EmptyState, FormDialog, Page, ReasonField, Row, Rows } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { cannedRepliesQuery, useCannedReplies } from './queries.ts';

/** `new`: a reply that is not written yet. */
type Editing = CannedReply | 'new' | null;

export function CannedRepliesPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const replies = useCannedReplies();
  const [editing, setEditing] = useState<Editing>(null);
  const [removing, setRemoving] = useState<CannedReply | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: cannedRepliesQuery(account.id).queryKey });

  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
      {t('canned.add')}
    </Button>
  );
  const remove = async (reason: string) => {
    if (removing === null) return;
    await call(deleteCannedReply, {
      params: { accountId: account.id, replyId: removing.id },
      body: { reason },
    });
    await refresh();
  };
  return (
    <Page title={t('admin.canned-replies')} says={t('canned.says')} actions={add}>
      <Rows
        query={replies}
        label={t('admin.canned-replies')}
        isEmpty={replies.data?.length === 0}
        empty={
          <EmptyState icon={IconBolt} title={t('canned.none')} says={t('canned.none-says')} action={add} />
        }
      >
        {replies.data?.map((reply) => (
          <Row
            key={reply.id}
            title={<Code>/{reply.shortcut}</Code>}
            says={
              <Text span size="sm" lineClamp={2} style={{ whiteSpace: 'pre-wrap' }}>
                {reply.text}
              </Text>
            }
            actions={
              <>
                <ActionIcon
                  aria-label={t('change.of', { name: reply.shortcut })}
                  onClick={() => setEditing(reply)}
                >
                  <IconPencil size={18} />
                </ActionIcon>
                <ActionIcon
                  aria-label={t('delete.of', { name: reply.shortcut })}
                  onClick={() => setRemoving(reply)}
                >
                  <IconTrash size={18} />
                </ActionIcon>
              </>
            }
          />
        ))}
      </Rows>
      {editing !== null && (
        <ReplyDialog
          reply={editing === 'new' ? null : editing}
          onSaved={refresh}
          onClose={() => setEditing(null)}
        />
      )}
      <ConfirmDialog
        opened={removing !== null}
        title={t('canned.delete-title', { shortcut: removing?.shortcut ?? '' })}
        says={t('canned.delete-says')}
        action={t('delete')}
        danger
        asksReason
        onConfirm={remove}
        onClose={() => setRemoving(null)}
      />
    </Page>
  );
}

interface ReplyDialogProps {
  reply: CannedReply | null;
  onSaved: () => Promise<unknown>;
  onClose: () => void;
}

function ReplyDialog({ reply, onSaved, onClose }: ReplyDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? '');
  const [text, setText] = useState(reply?.text ?? '');
  const [reason, setReason] = useState('');

  const save = async () => {
    const body = { shortcut, text, reason };
    if (reply === null) await call(createCannedReply, { params: { accountId: account.id }, body });
    else
      await call(changeCannedReply, {
        params: { accountId: account.id, replyId: reply.id },
        body: { ...body, version: reply.version },
      });
    await onSaved();
    onClose();
  };
  return (
    <FormDialog
      opened
      title={t(reply === null ? 'canned.add' : 'canned.change')}
      action={t('save')}
      size="lg"
      onSubmit={save}
      onClose={onClose}
    >
      <TextInput
        label={t('canned.shortcut')}
        description={t('canned.shortcut-says')}
        leftSection="/"
        value={shortcut}
        onChange={(event) => setShortcut(event.currentTarget.value)}
        pattern="[\p{L}\p{N}\-]{1,40}"
        title={t('canned.shortcut-says')}
        maxLength={40}
        required
        withAsterisk={false}
        data-autofocus
      />
      <Textarea
        label={t('canned.text')}
        description={t('canned.text-says', { visitor: '{{visitor}}', agent: '{{agent}}', case: '{{case}}' })}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={4000}
        required
        withAsterisk={false}
        autosize
        minRows={5}
        maxRows={14}
      />
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}
