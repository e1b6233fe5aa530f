import { Accordion, Select, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import {
  changeIdentityProvider,
  createIdentityProvider,
  type IdentityProvider,
  type ProviderAttributes,
  type SamlAgreement,
} from '@samtal/contract/federation';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog, NameField, ReasonField } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { CertificatesField } from './certificates-field.tsx';
import { domainOf, draftOf, fieldsOf, withMetadata, type Draft } from './draft.ts';
import { GroupRolesField } from './group-roles-field.tsx';
import { MetadataField } from './metadata-field.tsx';
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
  const [reason, setReason] = useState('');
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const changeSaml = (changes: Partial<SamlAgreement>) => change({ saml: { ...draft.saml, ...changes } });

  const save = async () => {
    const body = { ...fieldsOf(draft), reason };
    const params = { accountId: account.id };
    const saved =
      provider === null
        ? await call(createIdentityProvider, { params, body })
        : await call(changeIdentityProvider, {
            params: { ...params, providerId: provider.id },
            body: { ...body, version: provider.version },
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
      <MetadataField
        isNew={provider === null}
        onRead={(metadata) => setDraft((before) => withMetadata(before, metadata))}
      />
      <TextInput
        label={t('federation.entity-id')}
        value={draft.saml.entityId}
        onChange={(event) => changeSaml({ entityId: event.currentTarget.value.trim() })}
        maxLength={1024}
        required
        withAsterisk={false}
      />
      <TextInput
        label={t('federation.sign-in-url')}
        type="url"
        value={draft.saml.signInUrl}
        onChange={(event) => changeSaml({ signInUrl: event.currentTarget.value.trim() })}
        maxLength={1024}
        required
        withAsterisk={false}
      />
      <CertificatesField
        certificates={draft.saml.certificates}
        provider={provider}
        onChange={(certificates) => changeSaml({ certificates })}
      />
      <DomainsField domains={draft.domains} provider={provider} onChange={(domains) => change({ domains })} />
      <Switch
        label={t('federation.creates-users')}
        description={t('federation.creates-users-says')}
        checked={draft.createsUsers}
        onChange={(event) => change({ createsUsers: event.currentTarget.checked })}
      />
      <GroupRolesField groupRoles={draft.groupRoles} onChange={(groupRoles) => change({ groupRoles })} />
      <Details draft={draft} onChange={change} onChangeSaml={changeSaml} />
      <Switch
        label={t('federation.active')}
        description={t('federation.active-says')}
        checked={draft.active}
        onChange={(event) => change({ active: event.currentTarget.checked })}
      />
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
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
}

/** What most providers do not need. */
function Details({ draft: { saml, attributes }, onChange, onChangeSaml }: DetailsProps) {
  const { t } = useText();
  const attribute = (name: keyof ProviderAttributes) => (
    <TextInput
      label={t(`federation.attribute.${name}`)}
      placeholder={t('federation.attribute-usual')}
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
            <Select
              label={t('federation.signed')}
              data={(['assertion', 'response', 'both'] as const).map((value) => ({
                value,
                label: t(`federation.signed.${value}`),
              }))}
              value={saml.signed}
              onChange={(value) => onChangeSaml({ signed: value ?? 'assertion' })}
              allowDeselect={false}
            />
            <Switch
              label={t('federation.encrypted')}
              description={t('federation.encrypted-says')}
              checked={saml.encrypted}
              onChange={(event) => onChangeSaml({ encrypted: event.currentTarget.checked })}
            />
            <Switch
              label={t('federation.unsolicited')}
              description={t('federation.unsolicited-says')}
              checked={saml.unsolicited}
              onChange={(event) => onChangeSaml({ unsolicited: event.currentTarget.checked })}
            />
            <Text size="sm" c="dimmed">
              {t('federation.attributes-says')}
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
