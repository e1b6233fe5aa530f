import { Alert, Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core';
import { readProviderMetadata, type ProviderMetadata } from '@samtal/contract/federation';
import { IconFileCode } from '@tabler/icons-react';
import { useState } from 'react';
import { sendFile, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';

interface MetadataFieldProps {
  /** Whether the provider is being added: then metadata is what it begins with. */
  isNew: boolean;
  onRead: (metadata: ProviderMetadata) => void;
}

/** Takes the metadata of a provider, pasted or as a file, and gives what it says. */
export function MetadataField({ isNew, onRead }: MetadataFieldProps) {
  const { t } = useText();
  const account = useAccount();
  const problemText = useProblemText();
  const [opened, setOpened] = useState(isNew);
  const [pasted, setPasted] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const read = async (file: File) => {
    setBusy(true);
    setError(null);
    try {
      const sending = { file, signal: new AbortController().signal, onProgress: () => undefined };
      onRead(await sendFile(readProviderMetadata, { accountId: account.id }, sending));
      setPasted('');
      announce(t('federation.metadata-read'));
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const readPasted = () => void read(new File([pasted], 'metadata.xml', { type: 'application/xml' }));
  if (!opened)
    return (
      <Group>
        <Button variant="default" leftSection={<IconFileCode size={16} />} onClick={() => setOpened(true)}>
          {t('federation.metadata-new')}
        </Button>
      </Group>
    );
  return (
    <Stack gap="xs" component="fieldset" bd={0} p={0} m={0}>
      <Text component="legend" size="sm" fw={600} mb={4}>
        {t('federation.metadata')}
      </Text>
      <Text size="sm" c="dimmed">
        {t('federation.metadata-says')}
      </Text>
      <Textarea
        aria-label={t('federation.metadata-paste')}
        placeholder={t('federation.metadata-paste')}
        value={pasted}
        onChange={(event) => setPasted(event.currentTarget.value)}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
        autosize
        minRows={2}
        maxRows={6}
        spellCheck={false}
      />
      {error !== null && (
        <Alert color="red" variant="light" role="alert">
          {problemText(error)}
        </Alert>
      )}
      <Group gap="sm">
        <Button variant="default" loading={busy} disabled={pasted.trim() === ''} onClick={readPasted}>
          {t('federation.metadata-read-pasted')}
        </Button>
        <FileButton
          accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
          onChange={(file) => file !== null && void read(file)}
        >
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileCode size={16} />}>
              {t('federation.metadata-file')}
            </Button>
          )}
        </FileButton>
      </Group>
    </Stack>
  );
}
