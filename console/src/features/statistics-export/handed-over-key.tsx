import { Button, Group, Modal, Text } from '@mantine/core';
import type { GeneratedExportKey } from '@samtal/contract/statistics-export';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useText } from '../../text/index.ts';

/** The private key, this once, to be downloaded. It closes when that was done. */
export function HandedOverKey({
  handed,
  onClose,
}: {
  handed: GeneratedExportKey | null;
  onClose: () => void;
}) {
  const { t } = useText();
  const [saved, setSaved] = useState(false);
  const close = () => {
    setSaved(false);
    onClose();
  };
  const href =
    handed === null ? '' : `data:application/octet-stream,${encodeURIComponent(handed.privateKey)}`;
  return (
    <Modal
      opened={handed !== null}
      onClose={close}
      title={t('exports.handed-over', { name: handed?.account.name ?? '' })}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Text size="sm" mb="md">
        {t('exports.handed-over-says')}
      </Text>
      <Group>
        <Button
          component="a"
          href={href}
          download={handed?.fileName}
          leftSection={<IconDownload size={16} />}
          onClick={() => setSaved(true)}
        >
          {t('exports.download')}
        </Button>
        <Button variant="default" disabled={!saved} onClick={close}>
          {t('exports.downloaded')}
        </Button>
      </Group>
    </Modal>
  );
}
