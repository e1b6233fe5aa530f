import { ActionIcon, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import type { SamlProvider } from '@samtal/contract/federation';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useText } from '../../text/index.ts';
import { Row, Rows, ToneBadge } from '../../ui/index.ts';
import { bare, joined } from './draft.ts';
import { stateOf } from './provider-state.ts';

interface CertificatesFieldProps {
  certificates: readonly string[];
  /** As it is stored: knows when its certificates end. */
  provider: SamlProvider | null;
  onChange: (certificates: string[]) => void;
}

/** The certificates with which the provider signs: two while one follows the other. */
export function CertificatesField({ certificates, provider, onChange }: CertificatesFieldProps) {
  const { t } = useText();
  const [adding, setAdding] = useState(false);
  const [pasted, setPasted] = useState('');
  const add = () => {
    onChange(joined([pasted.trim()], certificates));
    setPasted('');
    setAdding(false);
  };
  return (
    <Stack gap="xs" component="fieldset" bd={0} p={0} m={0}>
      <Text component="legend" size="sm" fw={600} mb={4}>
        {t('federation.certificates')}
      </Text>
      <Text size="sm" c="dimmed">
        {t('federation.certificates-says')}
      </Text>
      <Rows
        query={{ isLoading: false, error: null, data: certificates, refetch: () => undefined }}
        label={t('federation.certificates')}
        isEmpty={certificates.length === 0}
        empty={
          <Text size="sm" c="dimmed" p="md">
            {t('federation.certificates-none')}
          </Text>
        }
      >
        {certificates.map((pem, number) => (
          <Certificate
            key={bare(pem)}
            number={number + 1}
            end={endOf(provider, pem)}
            onRemove={() => onChange(certificates.filter((each) => each !== pem))}
          />
        ))}
      </Rows>
      {adding ? (
        <>
          <Textarea
            label={t('federation.certificate-paste')}
            placeholder="-----BEGIN CERTIFICATE-----"
            value={pasted}
            onChange={(event) => setPasted(event.currentTarget.value)}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
            maxLength={8192}
            autosize
            minRows={2}
            maxRows={6}
            spellCheck={false}
          />
          <Group>
            <Button variant="default" disabled={!pasted.includes('-----END CERTIFICATE-----')} onClick={add}>
              {t('federation.certificate-add-do')}
            </Button>
          </Group>
        </>
      ) : (
        certificates.length < 2 && (
          <Group>
            <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
              {t('federation.certificate-add')}
            </Button>
          </Group>
        )
      )}
    </Stack>
  );
}

function endOf(provider: SamlProvider | null, pem: string): string | null {
  const at = provider?.saml.certificates.findIndex((each) => bare(each) === bare(pem)) ?? -1;
  return provider?.certificatesEnd[at] ?? null;
}

interface CertificateProps {
  number: number;
  /** Null while it has not been stored. */
  end: string | null;
  onRemove: () => void;
}

function Certificate({ number, end, onRemove }: CertificateProps) {
  const { t, count, formats } = useText();
  const [now] = useState(Date.now);
  const name = t('federation.certificate', { number });
  const judged = { active: true, verifiedDomains: ['any'], certificatesEnd: end === null ? [] : [end] };
  const state = stateOf({ ...judged, lastSignInAt: end }, now);
  return (
    <Row
      title={
        <>
          {name}
          {state.kind === 'certificate-ended' && (
            <ToneBadge tone="danger">{t('federation.certificate-ended')}</ToneBadge>
          )}
          {state.kind === 'certificate-ends' && (
            <ToneBadge tone="warning">{count('federation.certificate-ends', state.days)}</ToneBadge>
          )}
          {end === null && <ToneBadge tone="accent">{t('federation.certificate-new')}</ToneBadge>}
        </>
      }
      says={
        end === null
          ? t('federation.certificate-new-says')
          : t('federation.certificate-until', { at: formats.dateTime(end) })
      }
      actions={
        <ActionIcon aria-label={t('delete.of', { name })} onClick={onRemove}>
          <IconTrash size={18} />
        </ActionIcon>
      }
    />
  );
}
