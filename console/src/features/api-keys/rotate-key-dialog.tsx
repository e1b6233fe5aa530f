import { Select, Text } from '@mantine/core';
import { rotateApiKey, type ApiKey, type ShownApiKey } from '@samtal/contract/api-keys';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { overlaps, type Overlap } from './lives.ts';

interface RotateKeyDialogProps {
  apiKey: ApiKey;
  onMade: (made: ShownApiKey) => Promise<unknown>;
  onClose: () => void;
}

/** A new secret, and how long the old one goes on beside it. */
export function RotateKeyDialog({ apiKey, onMade, onClose }: RotateKeyDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const [overlap, setOverlap] = useState<Overlap>('days-1');
  const submit = async () => {
    const made = await call(rotateApiKey, {
      params: { accountId: account.id, keyId: apiKey.id },
      body: { oldEndsAt: overlaps[overlap].until(Date.now()) },
    });
    await onMade(made);
  };
  return (
    <FormDialog
      opened
      title={t('api-keys.rotate-of', { name: apiKey.name })}
      action={t('api-keys.rotate')}
      onSubmit={submit}
      onClose={onClose}
    >
      <Text size="sm">{t('api-keys.rotate-says')}</Text>
      <Select
        label={t('api-keys.overlap')}
        data={Object.keys(overlaps).map((each) => ({
          value: each,
          label: t(`api-keys.overlap.${each as Overlap}`),
        }))}
        value={overlap}
        onChange={(value) => setOverlap((value ?? 'days-1') as Overlap)}
        allowDeselect={false}
      />
    </FormDialog>
  );
}
