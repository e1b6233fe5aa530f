import { TextInput } from '@mantine/core';
import type { SamlAgreement, SamlProvider } from '@samtal/contract/federation';
import { useText } from '../../text/index.ts';
import { CertificatesField } from './certificates-field.tsx';

interface SamlFieldsProps {
  saml: SamlAgreement;
  /** As it is stored. */
  provider: SamlProvider | null;
  onChange: (changes: Partial<SamlAgreement>) => void;
}

/** What is agreed with a provider that speaks SAML, as its metadata says it. */
export function SamlFields({ saml, provider, onChange }: SamlFieldsProps) {
  const { t } = useText();
  return (
    <>
      <TextInput
        label={t('federation.entity-id')}
        value={saml.entityId}
        onChange={(event) => onChange({ entityId: event.currentTarget.value.trim() })}
        maxLength={1024}
        required
        withAsterisk={false}
      />
      <TextInput
        label={t('federation.sign-in-url')}
        type="url"
        value={saml.signInUrl}
        onChange={(event) => onChange({ signInUrl: event.currentTarget.value.trim() })}
        maxLength={1024}
        required
        withAsterisk={false}
      />
      <TextInput
        label={t('federation.sign-out-url')}
        description={t('federation.sign-out-url-says')}
        type="url"
        value={saml.signOutUrl ?? ''}
        onChange={(event) => onChange({ signOutUrl: event.currentTarget.value.trim() || null })}
        maxLength={1024}
      />
      <CertificatesField
        certificates={saml.certificates}
        provider={provider}
        onChange={(certificates) => onChange({ certificates })}
      />
    </>
  );
}
