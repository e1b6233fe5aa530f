import { Select, Textarea } from '@mantine/core';
import { addTicketKeys, type TicketKey } from '@samtal/contract/tickets';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog, ReasonField } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';

/** How many hours the old key goes on. */
const overlaps = { none: 0, 'hours-1': 1, 'days-1': 24, 'days-7': 168 } as const;
type Overlap = keyof typeof overlaps;

interface AddTicketKeyDialogProps {
  siteId: string;
  /** Null for a key beside the others. */
  replaced: TicketKey | null;
  onSaved: () => Promise<unknown>;
  onClose: () => void;
}

/** Takes the public half of a key, and says until when the one that it replaces is taken. */
export function AddTicketKeyDialog({ siteId, replaced, onSaved, onClose }: AddTicketKeyDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const [key, setKey] = useState('');
  const [overlap, setOverlap] = useState<Overlap>('days-1');
  const [reason, setReason] = useState('');
  const submit = async () => {
    await call(addTicketKeys, {
      params: { accountId: account.id, siteId },
      body: {
        key: key.trim(),
        ...(replaced === null ? {} : { replaces: { keyId: replaced.id, overlapHours: overlaps[overlap] } }),
        reason,
      },
    });
    onClose();
    await onSaved();
  };
  return (
    <FormDialog
      opened
      title={replaced === null ? t('tickets.add') : t('tickets.replace')}
      action={t('save')}
      size="lg"
      onSubmit={submit}
      onClose={onClose}
    >
      <Textarea
        label={t('tickets.key')}
        description={t('tickets.key-says')}
        placeholder="-----BEGIN PUBLIC KEY-----"
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
        maxLength={16_384}
        required
        withAsterisk={false}
        autosize
        minRows={5}
        maxRows={12}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        data-autofocus
      />
      {replaced !== null && (
        <Select
          label={t('tickets.overlap')}
          description={t('tickets.overlap-says')}
          data={Object.keys(overlaps).map((each) => ({
            value: each,
            label: t(`api-keys.overlap.${each as Overlap}`),
          }))}
          value={overlap}
          onChange={(value) => setOverlap((value ?? 'days-1') as Overlap)}
          allowDeselect={false}
        />
      )}
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}
