import { Alert, Button, Code, Radio, Stack, Text, TextInput } from '@mantine/core';
import {
  confirmExportKey,
  showExportKey,
  type ExportAccount,
  type ExportKey,
  type Fingerprints,
} from '@samtal/contract/statistics-export';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';

interface ConfirmKeyDialogProps {
  account: ExportAccount;
  exportKey: ExportKey;
  onConfirmed: () => Promise<unknown>;
  onClose: () => void;
}

/**
 * Confirms a pending key: as a second person, who is shown its fingerprints and compares them, or for the customer, with what they told.
 * The second way is offered first to whoever brought the key, who has no other.
 */
export function ConfirmKeyDialog({ account, exportKey, onConfirmed, onClose }: ConfirmKeyDialogProps) {
  const { t } = useText();
  const report = useReport();
  const { id: accountId } = useAccount();
  const params = { accountId, exportAccountId: account.id, keyId: exportKey.id };
  const [as, setAs] = useState<'second-person' | 'customer'>(exportKey.seen ? 'second-person' : 'customer');
  const [told, setTold] = useState('');
  const [shown, setShown] = useState<Fingerprints | null>(null);
  const show = async () => setShown(await call(showExportKey, { params }));
  const submit = async () => {
    const fingerprint = as === 'customer' ? told : (shown?.sha256 ?? '');
    await call(confirmExportKey, { params, body: { as, fingerprint } });
    await onConfirmed();
  };
  return (
    <FormDialog
      opened
      title={t('exports.confirm-title', { name: account.name })}
      action={t('exports.confirm')}
      size="lg"
      onSubmit={submit}
      onClose={onClose}
    >
      <Text size="sm">{t('exports.confirm-says')}</Text>
      <Radio.Group label={t('exports.confirm-as')} value={as} onChange={(value) => setAs(value)}>
        <Stack gap="xs" mt="xs">
          <Radio
            value="customer"
            label={t('exports.as-customer')}
            description={t('exports.as-customer-says')}
            disabled={exportKey.seen || shown !== null}
          />
          <Radio
            value="second-person"
            label={t('exports.as-second-person')}
            description={t('exports.as-second-person-says')}
            disabled={exportKey.mine}
          />
        </Stack>
      </Radio.Group>
      {as === 'customer' && (
        <TextInput
          label={t('exports.told')}
          description={t('exports.told-says')}
          value={told}
          onChange={(event) => setTold(event.currentTarget.value)}
          maxLength={200}
          required
          withAsterisk={false}
          autoComplete="off"
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
      )}
      {as === 'second-person' && shown === null && (
        <Button variant="default" style={{ alignSelf: 'flex-start' }} onClick={() => void report(show())}>
          {t('exports.show')}
        </Button>
      )}
      {shown !== null && (
        <Stack gap={4}>
          <Code style={{ overflowWrap: 'anywhere' }}>{shown.sha256}</Code>
          <Code style={{ overflowWrap: 'anywhere' }}>{shown.md5}</Code>
        </Stack>
      )}
      {exportKey.wrongFingerprints > 0 && (
        <Alert color="yellow" variant="light">
          {t('exports.wrong-so-far', { count: String(exportKey.wrongFingerprints) })}
        </Alert>
      )}
    </FormDialog>
  );
}
