import { Code, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useText } from '../../text/index.ts';
import { CopyBlock } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { exportServerQuery } from './queries.ts';

/** Where the server is, what it proves itself by, and how a customer's machine fetches. */
export function HowToConnect({ userName }: { userName: string | null }) {
  const { t } = useText();
  const account = useAccount();
  const server = useQuery(exportServerQuery(account.id)).data;
  if (server === undefined) return null;
  const { host, port, hostKey } = server;
  return (
    <Stack mt="xl" gap="md">
      <div>
        <Title order={2} size="h4">
          {t('exports.connect')}
        </Title>
        <Text size="sm" c="dimmed">
          {t(port === null ? 'exports.connect-off' : 'exports.connect-says')}
        </Text>
      </div>
      {port !== null && (
        <CopyBlock
          label={t('exports.command')}
          value={`sftp -P ${port} -i KEY_FILE -o IdentitiesOnly=yes ${userName ?? 'USER_NAME'}@${host}\nget -r Metrics`}
        />
      )}
      {port !== null && hostKey !== null && (
        <>
          <div>
            <Text size="sm" fw={600}>
              {t('exports.host-key')}
            </Text>
            <Text size="sm" c="dimmed">
              {t('exports.host-key-says')}
            </Text>
          </div>
          <CopyBlock label={t('exports.known-hosts')} value={`[${host}]:${port} ${hostKey.publicKey}`} />
          <Stack gap={4}>
            <Code style={{ overflowWrap: 'anywhere' }}>{hostKey.fingerprints.sha256}</Code>
            <Code style={{ overflowWrap: 'anywhere' }}>{hostKey.fingerprints.md5}</Code>
          </Stack>
        </>
      )}
    </Stack>
  );
}
