import { Alert, Code, Stack } from '@mantine/core';
import type { IdentityProvider } from '@samtal/contract/federation';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';

interface WaitingDomainsProps {
  provider: IdentityProvider;
  /** Only these are spoken of. */
  among?: readonly string[];
}

/** Of the domains that do not count yet, what is to be done and by whom. */
export function WaitingDomains({ provider, among = provider.domains }: WaitingDomainsProps) {
  const { t } = useText();
  const account = useAccount();
  const waiting = provider.domains.filter(
    (domain) => among.includes(domain) && !provider.verifiedDomains.includes(domain),
  );
  if (waiting.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" title={t('federation.domains-wait')}>
      <Stack gap={6}>
        {t('federation.domains-wait-says')}
        {waiting.map((domain) => (
          <Code key={domain} style={{ overflowWrap: 'anywhere' }}>
            {`samtal domains verify --account "${account.name}" --domain ${domain}`}
          </Code>
        ))}
      </Stack>
    </Alert>
  );
}
