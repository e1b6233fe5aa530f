import { TagsInput, Textarea, TextInput } from '@mantine/core';
import { createExportAccount, exportLimits } from '@samtal/contract/statistics-export';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';

/** Asks what an export account is called and for, from where it may come, and until when. */
export function CreateExportAccountDialog({
  onMade,
  onClose,
}: {
  onMade: () => Promise<unknown>;
  onClose: () => void;
}) {
  const { t } = useText();
  const account = useAccount();
  const [name, setName] = useState('');
  const [purpose, setPurpose] = useState('');
  const [networks, setNetworks] = useState<string[]>([]);
  const [lastDay, setLastDay] = useState('');
  const submit = async () => {
    // To the end of the day, where whoever says so is.
    const expiresAt = lastDay === '' ? null : new Date(`${lastDay}T23:59:59`).toISOString();
    const body = { name: name.trim(), purpose: purpose.trim(), networks, expiresAt };
    await call(createExportAccount, { params: { accountId: account.id }, body });
    await onMade();
  };
  return (
    <FormDialog
      opened
      title={t('exports.add')}
      action={t('exports.make')}
      size="lg"
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label={t('exports.name')}
        description={t('exports.name-says')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        pattern="[a-z][a-z0-9\-]*[a-z0-9]"
        minLength={2}
        maxLength={24}
        required
        withAsterisk={false}
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
      />
      <Textarea
        label={t('exports.purpose')}
        description={t('exports.purpose-says')}
        value={purpose}
        onChange={(event) => setPurpose(event.currentTarget.value)}
        maxLength={300}
        required
        withAsterisk={false}
        autosize
        minRows={2}
      />
      <TagsInput
        label={t('exports.networks')}
        description={t('exports.networks-says')}
        value={networks}
        onChange={setNetworks}
        maxTags={exportLimits.networks}
        splitChars={[',', ' ', '\n']}
        acceptValueOnBlur
      />
      <TextInput
        type="date"
        label={t('exports.last-day')}
        description={t('exports.last-day-says')}
        value={lastDay}
        onChange={(event) => setLastDay(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
