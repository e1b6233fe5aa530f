import { Alert, Button, Group, PasswordInput, Select, Stack, TextInput } from '@mantine/core';
import { readIssuer, type IssuerStatement, type OidcAgreement } from '@samtal/contract/federation';
import { IconWorldSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';

interface OidcFieldsProps {
  oidc: OidcAgreement;
  clientSecret: string;
  /** Whether a secret for this issuer is there already. */
  hasSecret: boolean;
  onChange: (changes: Partial<OidcAgreement>) => void;
  onChangeSecret: (secret: string) => void;
}

/** What is agreed with a provider that speaks OpenID Connect. */
export function OidcFields({ oidc, clientSecret, hasSecret, onChange, onChangeSecret }: OidcFieldsProps) {
  const { t } = useText();
  return (
    <>
      <IssuerField issuer={oidc.issuer} onChange={(issuer) => onChange({ issuer })} />
      <TextInput
        label={t('federation.client-id')}
        description={t('federation.client-id-says')}
        value={oidc.clientId}
        onChange={(event) => onChange({ clientId: event.currentTarget.value.trim() })}
        maxLength={255}
        autoComplete="off"
        spellCheck={false}
        required
        withAsterisk={false}
      />
      <Select
        label={t('federation.authenticates')}
        description={t(`federation.authenticates-says.${oidc.authenticates}`)}
        data={(['secret', 'key'] as const).map((value) => ({
          value,
          label: t(`federation.authenticates.${value}`),
        }))}
        value={oidc.authenticates}
        onChange={(value) => onChange({ authenticates: value ?? 'secret' })}
        allowDeselect={false}
      />
      {oidc.authenticates === 'secret' && (
        <PasswordInput
          label={t('federation.client-secret')}
          description={t(hasSecret ? 'federation.client-secret-kept' : 'federation.client-secret-says')}
          value={clientSecret}
          onChange={(event) => onChangeSecret(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('federation.client-secret-show') }}
          maxLength={1024}
          autoComplete="off"
          required={!hasSecret}
          withAsterisk={false}
        />
      )}
    </>
  );
}

/** The issuer, and what it says of itself when it is asked. */
function IssuerField({ issuer, onChange }: { issuer: string; onChange: (issuer: string) => void }) {
  const { t } = useText();
  const account = useAccount();
  const problemText = useProblemText();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [said, setSaid] = useState<IssuerStatement | null>(null);
  const ask = async () => {
    setBusy(true);
    setError(null);
    setSaid(null);
    try {
      setSaid(await call(readIssuer, { params: { accountId: account.id }, body: { issuer } }));
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const change = (typed: string) => {
    setSaid(null);
    setError(null);
    onChange(typed.trim());
  };
  return (
    <Stack gap="xs">
      <TextInput
        label={t('federation.issuer')}
        description={t('federation.issuer-says')}
        placeholder="https://login.example.org"
        type="url"
        value={issuer}
        onChange={(event) => change(event.currentTarget.value)}
        maxLength={1024}
        spellCheck={false}
        required
        withAsterisk={false}
      />
      <Group>
        <Button
          variant="default"
          leftSection={<IconWorldSearch size={16} />}
          loading={busy}
          disabled={issuer === ''}
          onClick={() => void ask()}
        >
          {t('federation.issuer-ask')}
        </Button>
      </Group>
      {error !== null && (
        <Alert color="red" variant="light" role="alert">
          {problemText(error)}
        </Alert>
      )}
      {said !== null && (
        <Alert color={takenBy(said) === 'none' ? 'yellow' : 'green'} variant="light" role="status">
          {t('federation.issuer-answers', { name: new URL(said.signInUrl).host })}{' '}
          {t(`federation.issuer-takes.${takenBy(said)}`)}
        </Alert>
      )}
    </Stack>
  );
}

/** Which of the ways in which we can prove who we are it takes. */
function takenBy({ authenticates }: IssuerStatement): 'secret' | 'key' | 'both' | 'none' {
  return authenticates.length > 1 ? 'both' : (authenticates[0] ?? 'none');
}
