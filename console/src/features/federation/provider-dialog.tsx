import { Accordion, Input, SegmentedControl, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import {
  changeIdentityProvider,
  createIdentityProvider,
  type IdentityProvider,
  type OidcAgreement,
  type ProviderAttributes,
  type SamlAgreement,
} from '@samtal/contract/federation';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog, NameField, ReasonField } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { domainOf, draftOf, fieldsOf, withMetadata, type Draft } from './draft.ts';
import { GroupRolesField } from './group-roles-field.tsx';
import { MetadataField } from './metadata-field.tsx';
import { OidcDetails } from './oidc-details.tsx';
import { OidcFields } from './oidc-fields.tsx';
import { SamlDetails } from './saml-details.tsx';
import { SamlFields } from './saml-fields.tsx';
import { WaitingDomains } from './waiting-domains.tsx';

interface ProviderDialogProps {
  /** Null for a new one. */
  provider: IdentityProvider | null;
  onSaved: (provider: IdentityProvider, isNew: boolean) => Promise<unknown>;
  onClose: () => void;
}

/** Adds or changes a provider. Its metadata fills in most of it. */
export function ProviderDialog({ provider, onSaved, onClose }: ProviderDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const [draft, setDraft] = useState(() => draftOf(provider));
  const [confirms, setConfirms] = useState(false);
  const [reason, setReason] = useState('');
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const changeSaml = (changes: Partial<SamlAgreement>) => change({ saml: { ...draft.saml, ...changes } });
  const changeOidc = (changes: Partial<OidcAgreement>) => change({ oidc: { ...draft.oidc, ...changes } });

  const save = async () => {
    const body = { ...fieldsOf(draft), reason };
    // What it speaks stays as it is.
    const { protocol: _, ...changes } = body;
    const params = { accountId: account.id };
    const saved =
      provider === null
        ? await call(createIdentityProvider, { params, body })
        : await call(changeIdentityProvider, {
            params: { ...params, providerId: provider.id },
            body: { ...changes, version: provider.version, ...(confirms ? { confirms } : {}) },
          });
    await onSaved(saved, provider === null);
  };
  return (
    <FormDialog
      opened
      title={t(provider === null ? 'federation.add' : 'federation.change')}
      action={t('save')}
      size="lg"
      onSubmit={save}
      onClose={onClose}
    >
      <NameField value={draft.name} onChange={(name) => change({ name })} />
      {provider === null && (
        <Input.Wrapper label={t('federation.protocol')} labelElement="div">
          <SegmentedControl
            fullWidth
            aria-label={t('federation.protocol')}
            data={[
              { value: 'saml', label: 'SAML 2.0' },
              { value: 'oidc', label: 'OpenID Connect' },
            ]}
            value={draft.protocol}
            onChange={(protocol) => change({ protocol })}
          />
        </Input.Wrapper>
      )}
      {draft.protocol === 'saml' ? (
        <>
          <MetadataField
            isNew={provider === null}
            onRead={(metadata) => setDraft((before) => withMetadata(before, metadata))}
          />
          <SamlFields
            saml={draft.saml}
            provider={provider?.protocol === 'saml' ? provider : null}
            onChange={changeSaml}
          />
        </>
      ) : (
        <OidcFields
          oidc={draft.oidc}
          clientSecret={draft.clientSecret}
          hasSecret={hasSecret(provider, draft)}
          onChange={changeOidc}
          onChangeSecret={(clientSecret) => change({ clientSecret })}
        />
      )}
      <DomainsField domains={draft.domains} provider={provider} onChange={(domains) => change({ domains })} />
      <Switch
        label={t('federation.creates-users')}
        description={t('federation.creates-users-says')}
        checked={draft.createsUsers}
        onChange={(event) => change({ createsUsers: event.currentTarget.checked })}
      />
      <GroupRolesField groupRoles={draft.groupRoles} onChange={(groupRoles) => change({ groupRoles })} />
      <Details draft={draft} onChange={change} onChangeSaml={changeSaml} onChangeOidc={changeOidc} />
      <Switch
        label={t('federation.active')}
        description={t('federation.active-says')}
        checked={draft.active}
        onChange={(event) => change({ active: event.currentTarget.checked })}
      />
      {provider !== null && (
        <Switch
          label={t('federation.confirms')}
          description={t('federation.confirms-says')}
          checked={confirms}
          onChange={(event) => setConfirms(event.currentTarget.checked)}
        />
      )}
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}

/** A secret stays for its issuer, and where nothing but a secret proves who we are. */
function hasSecret(provider: IdentityProvider | null, { oidc }: Draft): boolean {
  return (
    provider?.protocol === 'oidc' &&
    provider.oidc.authenticates === 'secret' &&
    provider.oidc.issuer === oidc.issuer
  );
}

interface DomainsFieldProps {
  domains: readonly string[];
  /** As it is stored: knows which domains are verified. */
  provider: IdentityProvider | null;
  onChange: (domains: string[]) => void;
}

/**
 * The domains for whose addresses it speaks. NOTE: what is said of a domain that was typed just now waits until it is saved:
 * shown when the field is left, it would move what was about to be pressed from under the pointer.
 */
function DomainsField({ domains, provider, onChange }: DomainsFieldProps) {
  const { t } = useText();
  return (
    <>
      <TagsInput
        label={t('federation.domains')}
        description={t('federation.domains-says')}
        placeholder={domains.length === 0 ? 'example.org' : ''}
        value={[...domains]}
        onChange={(typed) => onChange([...new Set(typed.map(domainOf).filter((each) => each !== ''))])}
        acceptValueOnBlur
        splitChars={[',', ' ', '\n']}
        maxTags={20}
      />
      {provider !== null && <WaitingDomains provider={provider} among={domains} />}
    </>
  );
}

interface DetailsProps {
  draft: Draft;
  onChange: (changes: Partial<Draft>) => void;
  onChangeSaml: (changes: Partial<SamlAgreement>) => void;
  onChangeOidc: (changes: Partial<OidcAgreement>) => void;
}

/** What most providers do not need. */
function Details({
  draft: { protocol, saml, oidc, attributes },
  onChange,
  onChangeSaml,
  onChangeOidc,
}: DetailsProps) {
  const { t } = useText();
  const attribute = (name: keyof ProviderAttributes) => (
    <TextInput
      label={t(protocol === 'saml' ? `federation.attribute.${name}` : `federation.claim.${name}`)}
      placeholder={protocol === 'saml' ? t('federation.attribute-usual') : name}
      value={attributes[name] ?? ''}
      onChange={(event) => onChange({ attributes: { ...attributes, [name]: event.currentTarget.value } })}
      maxLength={255}
    />
  );
  return (
    <Accordion variant="contained" chevronPosition="left">
      <Accordion.Item value="details">
        <Accordion.Control>{t('federation.details')}</Accordion.Control>
        <Accordion.Panel>
          <Stack>
            {protocol === 'saml' ? (
              <SamlDetails saml={saml} onChange={onChangeSaml} />
            ) : (
              <OidcDetails oidc={oidc} onChange={onChangeOidc} />
            )}
            <Text size="sm" c="dimmed">
              {t(protocol === 'saml' ? 'federation.attributes-says' : 'federation.claims-says')}
            </Text>
            {attribute('email')}
            {attribute('name')}
            {attribute('groups')}
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
