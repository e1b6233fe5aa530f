import { Alert, Group, Textarea, TextInput } from '@mantine/core';
import { minReasonLength } from '@samtal/contract/activity-log';
import { IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useText } from '../../text/index.ts';

/** What an export by address takes: empty days stand for as far as the log goes. */
export interface AddressDraft {
  readonly address: string;
  readonly since: string;
  readonly until: string;
  readonly reason: string;
}

export const emptyAddress: AddressDraft = { address: '', since: '', until: '', reason: '' };

/** No activity log is kept for longer. */
const longestDays = 7;

interface AddressFieldsProps {
  readonly draft: AddressDraft;
  readonly onChange: (draft: AddressDraft) => void;
}

export function AddressFields({ draft, onChange }: AddressFieldsProps) {
  const { t } = useText();
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  const field = (key: keyof AddressDraft) => ({
    value: draft[key],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      onChange({ ...draft, [key]: value }),
  });
  return (
    <>
      <TextInput
        label={t('subject-access.ip')}
        description={t('subject-access.ip-says')}
        placeholder="192.0.2.1"
        minLength={2}
        maxLength={45}
        spellCheck={false}
        autoComplete="off"
        required
        withAsterisk={false}
        {...field('address')}
      />
      <Group grow align="flex-start" wrap="wrap" preventGrowOverflow={false}>
        <TextInput
          type="date"
          label={t('subject-access.since')}
          max={draft.until || today}
          {...field('since')}
        />
        <TextInput
          type="date"
          label={t('subject-access.until')}
          min={draft.since || undefined}
          max={today}
          {...field('until')}
        />
      </Group>
      <Alert color="yellow" variant="light" icon={<IconUsers size={20} />}>
        {t('subject-access.shared')} {t('subject-access.days-says', { days: String(longestDays) })}
      </Alert>
      <Textarea
        label={t('subject-access.reason')}
        description={t('subject-access.reason-says', { count: String(minReasonLength) })}
        minLength={minReasonLength}
        maxLength={500}
        autosize
        minRows={2}
        maxRows={8}
        required
        withAsterisk={false}
        {...field('reason')}
      />
    </>
  );
}
