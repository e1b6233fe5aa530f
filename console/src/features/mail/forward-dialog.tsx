import { Alert, Text, Textarea, TextInput } from '@mantine/core';
import { maxTextLength, type Conversation } from '@samtal/contract/conversations';
import { forwardConversation, mailAddressForm } from '@samtal/contract/mail';
import { IconMailForward, IconMailOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, FormDialog } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { forwardingsQuery } from './queries.ts';

interface ForwardDialogProps {
  conversation: Conversation;
  opened: boolean;
  onClose: () => void;
}

/** Sends a conversation to somebody by mail, and says before what the mail will hold. */
export function ForwardDialog({ conversation, opened, onClose }: ForwardDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const [to, setTo] = useState('');
  const [note, setNote] = useState('');
  const [reason, setReason] = useState('');
  const query = forwardingsQuery(account.id, conversation.id);
  const { data } = useQuery({ ...query, enabled: opened });
  const listed = data?.listed ?? [];
  const suggestions = useId();

  const close = () => {
    setTo('');
    setNote('');
    setReason('');
    onClose();
  };
  const forward = async () => {
    await call(forwardConversation, {
      params: { accountId: account.id, conversationId: conversation.id },
      body: {
        to: to.trim(),
        reason: reason.trim(),
        ...(note.trim() === '' ? {} : { note: note.trim() }),
      },
    });
    await queryClient.invalidateQueries({ queryKey: query.queryKey });
    announce(t('forward.done', { case: conversation.caseId }));
    close();
  };

  return (
    <FormDialog
      opened={opened}
      title={t('forward.title', { case: conversation.caseId })}
      action={t('forward.action')}
      size="lg"
      onSubmit={forward}
      onClose={close}
    >
      {data?.ready === false ? (
        <Alert color="yellow" variant="light" icon={<IconMailOff size={20} />}>
          {t('problem.mail.not-set-up')}
        </Alert>
      ) : (
        <Alert color="yellow" variant="light" icon={<IconMailForward size={20} />}>
          {t('forward.leaves')}{' '}
          {t(data?.details === true ? 'forward.with-details' : 'forward.without-details')}
        </Alert>
      )}
      <TextInput
        label={t('forward.to')}
        description={listed.length === 0 ? null : t('forward.listed', { listed: listed.join(', ') })}
        type="email"
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        maxLength={mailAddressForm.maxLength}
        list={suggestions}
        autoComplete="off"
        required
        data-autofocus
      />
      <datalist id={suggestions}>
        {listed
          .filter((each) => /[^@]@[^@]/.test(each))
          .map((address) => (
            <option key={address} value={address}>
              {address}
            </option>
          ))}
      </datalist>
      <Textarea
        label={t('forward.note')}
        description={t('forward.note-says')}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        maxLength={maxTextLength}
        autosize
        minRows={2}
        maxRows={8}
      />
      <Textarea
        label={t('forward.reason')}
        description={t('forward.reason-says')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
        autosize
        minRows={2}
        maxRows={6}
        required
      />
      <Text size="sm" c="dimmed">
        {t('forward.recorded')}
      </Text>
    </FormDialog>
  );
}
