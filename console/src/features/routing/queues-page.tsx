import { ActionIcon, Button, NumberInput, Radio, Stack } from '@mantine/core';
import { changeQueue, createQueue, deleteQueue, type Queue } from '@samtal/contract/routing';
import { IconPencil, IconPlus, IconStack2, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import {
  ConfirmDialog,
  EmptyState,
  FormDialog,
  NameField,
  Page,
  ReasonField,
  Row,
  Rows,
  ToneBadge,
} from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { UnitSelect, useUnitNames } from '../units/index.ts';
import { queuesQuery, useQueues } from './queries.ts';

/** `new`: a queue that is not there yet. */
type Editing = Queue | 'new' | null;

export function QueuesPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const queues = useQueues();
  const [editing, setEditing] = useState<Editing>(null);
  const [removing, setRemoving] = useState<Queue | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: queuesQuery(account.id).queryKey });

  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
      {t('queue.add')}
    </Button>
  );
  const remove = async (reason: string) => {
    if (removing === null) return;
    await call(deleteQueue, { params: { accountId: account.id, queueId: removing.id }, body: { reason } });
    await refresh();
  };
  return (
    <Page title={t('admin.queues')} says={t('queue.says')} actions={add}>
      <Rows
        query={queues}
        label={t('admin.queues')}
        isEmpty={queues.data?.length === 0}
        empty={
          <EmptyState icon={IconStack2} title={t('queue.none')} says={t('queue.none-says')} action={add} />
        }
      >
        {queues.data?.map((queue) => (
          <QueueRow
            key={queue.id}
            queue={queue}
            onChange={() => setEditing(queue)}
            onDelete={() => setRemoving(queue)}
          />
        ))}
      </Rows>
      {editing !== null && (
        <QueueDialog
          queue={editing === 'new' ? null : editing}
          onSaved={refresh}
          onClose={() => setEditing(null)}
        />
      )}
      <ConfirmDialog
        opened={removing !== null}
        title={t('queue.delete-title', { name: removing?.name ?? '' })}
        says={t('queue.delete-says')}
        action={t('delete')}
        danger
        asksReason
        onConfirm={remove}
        onClose={() => setRemoving(null)}
      />
    </Page>
  );
}

interface QueueRowProps {
  queue: Queue;
  onChange: () => void;
  onDelete: () => void;
}

function QueueRow({ queue, onChange, onDelete }: QueueRowProps) {
  const { t, count, formats } = useText();
  const lies = useUnitNames()(queue.unitId);
  return (
    <Row
      title={queue.name}
      says={t(`queue.summary-${queue.assignment}`, {
        seconds: formats.number(queue.offerSeconds),
        priority: formats.number(queue.priority),
      })}
      badges={
        <>
          <ToneBadge tone={queue.waiting > 0 ? 'warning' : 'neutral'}>
            {count('queue.waiting', queue.waiting)}
          </ToneBadge>
          {lies !== null && <ToneBadge tone="neutral">{lies}</ToneBadge>}
        </>
      }
      actions={
        <>
          <ActionIcon aria-label={t('change.of', { name: queue.name })} onClick={onChange}>
            <IconPencil size={18} />
          </ActionIcon>
          <ActionIcon aria-label={t('delete.of', { name: queue.name })} onClick={onDelete}>
            <IconTrash size={18} />
          </ActionIcon>
        </>
      }
    />
  );
}

interface QueueDialogProps {
  queue: Queue | null;
  onSaved: () => Promise<unknown>;
  onClose: () => void;
}

function QueueDialog({ queue, onSaved, onClose }: QueueDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const [name, setName] = useState(queue?.name ?? '');
  const [unitId, setUnitId] = useState(queue?.unitId ?? null);
  const [priority, setPriority] = useState<number | string>(queue?.priority ?? 50);
  const [assignment, setAssignment] = useState(queue?.assignment ?? 'offer');
  const [reason, setReason] = useState('');
  const [offerSeconds, setOfferSeconds] = useState<number | string>(queue?.offerSeconds ?? 45);

  const save = async () => {
    const body = {
      name: name.trim(),
      unitId,
      priority: Number(priority),
      assignment,
      offerSeconds: Number(offerSeconds),
      reason,
    };
    if (queue === null) await call(createQueue, { params: { accountId: account.id }, body });
    else
      await call(changeQueue, {
        params: { accountId: account.id, queueId: queue.id },
        body: { ...body, version: queue.version },
      });
    await onSaved();
    onClose();
  };
  return (
    <FormDialog
      opened
      title={t(queue === null ? 'queue.add' : 'queue.change')}
      action={t('save')}
      onSubmit={save}
      onClose={onClose}
    >
      <NameField value={name} onChange={setName} />
      <Radio.Group
        label={t('queue.assignment')}
        value={assignment}
        onChange={(value) => setAssignment(value === 'assign' ? 'assign' : 'offer')}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="offer" label={t('queue.offer')} description={t('queue.offer-says')} />
          <Radio value="assign" label={t('queue.assign')} description={t('queue.assign-says')} />
        </Stack>
      </Radio.Group>
      {assignment === 'offer' && (
        <NumberInput
          label={t('queue.offer-seconds')}
          description={t('queue.offer-seconds-says')}
          value={offerSeconds}
          onChange={setOfferSeconds}
          min={5}
          max={600}
          allowDecimal={false}
          required
          withAsterisk={false}
        />
      )}
      <NumberInput
        label={t('queue.priority')}
        description={t('queue.priority-says')}
        value={priority}
        onChange={setPriority}
        min={0}
        max={100}
        allowDecimal={false}
        required
        withAsterisk={false}
      />
      <UnitSelect
        label={t('queue.unit')}
        description={t('queue.unit-says')}
        none={t('queue.no-unit')}
        value={unitId}
        onChange={setUnitId}
      />
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}
