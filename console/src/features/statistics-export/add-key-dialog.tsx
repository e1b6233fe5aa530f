import { FileButton, Button, Radio, Select, Stack, Textarea, TextInput } from '@mantine/core';
import {
  generateExportKey,
  submitExportKey,
  type ExportAccount,
  type ExportKey,
  type GeneratedExportKey,
} from '@samtal/contract/statistics-export';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';

/** How many hours the old key goes on. */
const overlaps = { none: 0, 'hours-1': 1, 'days-1': 24, 'days-7': 168 } as const;
type Overlap = keyof typeof overlaps;
type Way = 'supplied' | 'sms' | 'person';

interface AddKeyDialogProps {
  account: ExportAccount;
  /** Null for a key beside the others. */
  replaced: ExportKey | null;
  onAdded: () => Promise<unknown>;
  onHandedOver: (handed: GeneratedExportKey) => Promise<unknown>;
  onClose: () => void;
}

/** Takes the customer's public key, or has a pair made and says how its passphrase travels. */
export function AddKeyDialog({ account, replaced, onAdded, onHandedOver, onClose }: AddKeyDialogProps) {
  const { t } = useText();
  const { id: accountId } = useAccount();
  const [way, setWay] = useState<Way>('supplied');
  const [publicKey, setPublicKey] = useState('');
  const [number, setNumber] = useState('');
  const [overlap, setOverlap] = useState<Overlap>('days-1');
  const submit = async () => {
    const params = { accountId, exportAccountId: account.id };
    const replaces =
      replaced === null ? {} : { replaces: { keyId: replaced.id, overlapHours: overlaps[overlap] } };
    if (way === 'supplied') {
      await call(submitExportKey, { params, body: { publicKey: publicKey.trim(), ...replaces } });
      await onAdded();
      return;
    }
    const passphrase = way === 'sms' ? { by: way, number: number.replaceAll(/[^+0-9]/g, '') } : { by: way };
    await onHandedOver(await call(generateExportKey, { params, body: { passphrase, ...replaces } }));
  };
  return (
    <FormDialog
      opened
      title={t('exports.key-for', { name: account.name })}
      action={t(way === 'supplied' ? 'exports.bring' : 'exports.generate')}
      size="lg"
      onSubmit={submit}
      onClose={onClose}
    >
      <Radio.Group label={t('exports.way')} value={way} onChange={(value) => setWay(value)}>
        <Stack gap="xs" mt="xs">
          {(['supplied', 'sms', 'person'] as const).map((each) => (
            <Radio
              key={each}
              value={each}
              label={t(`exports.way-${each}`)}
              description={t(`exports.way-${each}-says`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {way === 'supplied' && (
        <>
          <Textarea
            label={t('exports.public-key')}
            description={t('exports.public-key-says')}
            placeholder="ssh-ed25519 AAAA…"
            value={publicKey}
            onChange={(event) => setPublicKey(event.currentTarget.value)}
            maxLength={16_384}
            required
            withAsterisk={false}
            autosize
            minRows={3}
            maxRows={10}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
          <FileButton accept=".pub,text/plain" onChange={(file) => void file?.text().then(setPublicKey)}>
            {(props) => (
              <Button {...props} variant="default" style={{ alignSelf: 'flex-start' }}>
                {t('exports.from-file')}
              </Button>
            )}
          </FileButton>
        </>
      )}
      {way === 'sms' && (
        <TextInput
          type="tel"
          label={t('exports.number')}
          description={t('exports.number-says')}
          placeholder="+46…"
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
          required
          withAsterisk={false}
        />
      )}
      {replaced !== null && (
        <Select
          label={t('exports.overlap')}
          description={t('exports.overlap-says')}
          data={Object.keys(overlaps).map((each) => ({
            value: each,
            label: t(`api-keys.overlap.${each as Overlap}`),
          }))}
          value={overlap}
          onChange={(value) => setOverlap((value ?? 'days-1') as Overlap)}
          allowDeselect={false}
        />
      )}
    </FormDialog>
  );
}
