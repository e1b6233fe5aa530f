import { Button, Modal, Text } from '@mantine/core';
import { readExportPassphrase, type ExportAccount, type ExportKey } from '@samtal/contract/statistics-export';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { CopyBlock, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';

interface PassphraseDialogProps {
  account: ExportAccount;
  exportKey: ExportKey;
  onRead: () => Promise<unknown>;
  onClose: () => void;
}

/** The passphrase of a private key, once. Only its button closes the dialog, so that no slip of the hand loses it. */
export function PassphraseDialog({ account, exportKey, onRead, onClose }: PassphraseDialogProps) {
  const { t } = useText();
  const report = useReport();
  const { id: accountId } = useAccount();
  const [passphrase, setPassphrase] = useState<string | null>(null);
  const read = async () => {
    const params = { accountId, exportAccountId: account.id, keyId: exportKey.id };
    setPassphrase((await call(readExportPassphrase, { params })).passphrase);
    await onRead();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('exports.passphrase-title', { name: account.name })}
      closeOnClickOutside={passphrase === null}
      closeOnEscape={passphrase === null}
      withCloseButton={passphrase === null}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Text size="sm" mb="md">
        {t('exports.passphrase-says')}
      </Text>
      {passphrase === null ? (
        <Button onClick={() => void report(read())}>{t('exports.passphrase-show')}</Button>
      ) : (
        <>
          <CopyBlock value={passphrase} label={t('exports.passphrase')} />
          <Button mt="lg" variant="default" onClick={onClose}>
            {t('exports.passphrase-kept')}
          </Button>
        </>
      )}
    </Modal>
  );
}
