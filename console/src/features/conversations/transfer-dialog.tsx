import { Alert, Button, Group, Modal, SegmentedControl, Select, Stack, Textarea } from '@mantine/core';
import { maxTextLength, type Conversation } from '@samtal/contract/conversations';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce } from '../../ui/index.ts';
import { useColleagues, useQueues } from '../routing/index.ts';
import { useSession } from '../signin/index.ts';
import { useActions } from './use-actions.ts';

interface TransferDialogProps {
  conversation: Conversation;
  opened: boolean;
  onClose: () => void;
}

export function TransferDialog({ conversation, opened, onClose }: TransferDialogProps) {
  const { t } = useText();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('transfer.title', { case: conversation.caseId })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <TransferForm conversation={conversation} onClose={onClose} />
    </Modal>
  );
}

function TransferForm({ conversation, onClose }: Omit<TransferDialogProps, 'opened'>) {
  const { t } = useText();
  const problemText = useProblemText();
  const navigate = useNavigate();
  const actions = useActions();
  const [to, setTo] = useState<'queue' | 'agent'>('queue');
  const [targetId, setTargetId] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const transfer = async () => {
    if (targetId === null) return;
    setBusy(true);
    setError(null);
    const withNote = note.trim() === '' ? {} : { note: note.trim() };
    try {
      await actions.transfer(
        conversation.id,
        to === 'queue' ? { queueId: targetId, ...withNote } : { agentId: targetId, ...withNote },
      );
      announce(t('transfer.done', { case: conversation.caseId }));
      onClose();
      await navigate({ to: '/' });
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };

  return (
    <Stack>
      <SegmentedControl
        fullWidth
        value={to}
        onChange={(value) => {
          setTo(value);
          setTargetId(null);
        }}
        aria-label={t('transfer.to')}
        data={[
          { value: 'queue', label: t('transfer.to-queue') },
          { value: 'agent', label: t('transfer.to-agent') },
        ]}
      />
      {to === 'queue' ? (
        <QueueSelect value={targetId} onChange={setTargetId} />
      ) : (
        <AgentSelect value={targetId} onChange={setTargetId} />
      )}
      <Textarea
        label={t('transfer.note')}
        description={t('transfer.note-says')}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        maxLength={maxTextLength}
        autosize
        minRows={3}
        maxRows={8}
      />
      {error !== null && (
        <Alert color="red" variant="light" role="alert">
          {problemText(error)}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button loading={busy} disabled={targetId === null} onClick={() => void transfer()}>
          {t('transfer.action')}
        </Button>
      </Group>
    </Stack>
  );
}

interface SelectProps {
  value: string | null;
  onChange: (value: string | null) => void;
}

function QueueSelect({ value, onChange }: SelectProps) {
  const { t } = useText();
  const queues = useQueues();
  return (
    <Select
      label={t('transfer.queue')}
      placeholder={t('choose')}
      data={(queues.data ?? []).map((queue) => ({ value: queue.id, label: queue.name }))}
      value={value}
      onChange={onChange}
      searchable
      nothingFoundMessage={t('nothing-found')}
    />
  );
}

/** Only agents who are there can be handed a conversation. */
function AgentSelect({ value, onChange }: SelectProps) {
  const { t, formats } = useText();
  const session = useSession();
  const colleagues = useColleagues();
  const available = (colleagues.data ?? []).filter(
    (agent) => agent.state === 'available' && agent.userId !== session?.user.id,
  );
  return (
    <Select
      label={t('transfer.agent')}
      placeholder={t(available.length === 0 ? 'transfer.nobody' : 'choose')}
      disabled={available.length === 0}
      data={available.map((agent) => ({
        value: agent.userId,
        label: t('transfer.agent-load', {
          name: agent.name,
          conversations: formats.number(agent.conversations),
          max: formats.number(agent.maxConversations),
        }),
      }))}
      value={value}
      onChange={onChange}
      searchable
      nothingFoundMessage={t('nothing-found')}
    />
  );
}
