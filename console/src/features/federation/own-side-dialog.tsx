import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import type { IdentityProvider, OidcProvider, SamlProvider } from '@samtal/contract/federation';
import { IconDownload } from '@tabler/icons-react';
import { useText, type TextKey } from '../../text/index.ts';
import { CopyIcon } from '../../ui/index.ts';
import { WaitingDomains } from './waiting-domains.tsx';

interface OwnSideDialogProps {
  provider: IdentityProvider;
  onClose: () => void;
}

/** What the provider has to be told about us, and how to try it out. */
export function OwnSideDialog({ provider, onClose }: OwnSideDialogProps) {
  const { t } = useText();
  const { name, own, active } = provider;
  const isSaml = provider.protocol === 'saml';
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('federation.own-of', { name })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Text size="sm">{t(isSaml ? 'federation.own-says' : 'federation.own-says-oidc')}</Text>
        {isSaml ? <SamlSide own={provider.own} /> : <OidcSide provider={provider} />}
        <WaitingDomains provider={provider} />
        <Value
          label="federation.try"
          value={own.signInUrl}
          says={t(active ? 'federation.try-says' : 'federation.try-off')}
        />
      </Stack>
    </Modal>
  );
}

function OidcSide({ provider: { own, oidc } }: { provider: OidcProvider }) {
  return (
    <>
      <Value label="federation.own-redirect-uri" value={own.answerUrl} />
      <Value label="federation.own-logout-url" value={own.logoutUrl} />
      {oidc.signsOutThere && <Value label="federation.own-signed-out-url" value={own.signedOutUrl} />}
      {oidc.authenticates === 'key' && <Value label="federation.own-keys-url" value={own.keysUrl} />}
    </>
  );
}

function SamlSide({ own }: Pick<SamlProvider, 'own'>) {
  const { t } = useText();
  return (
    <>
      <Value label="federation.own-entity-id" value={own.entityId} />
      <Value label="federation.own-answer-url" value={own.answerUrl} />
      <Value label="federation.own-single-logout-url" value={own.logoutUrl} />
      <Value label="federation.own-metadata-url" value={own.metadataUrl} />
      <Group>
        <Button
          component="a"
          href={own.metadataUrl}
          download
          variant="default"
          leftSection={<IconDownload size={16} />}
        >
          {t('federation.own-metadata')}
        </Button>
        <Button
          component="a"
          href={`data:application/x-pem-file,${encodeURIComponent(own.certificate)}`}
          download="samtal.pem"
          variant="subtle"
          leftSection={<IconDownload size={16} />}
        >
          {t('federation.own-certificate')}
        </Button>
      </Group>
    </>
  );
}

function Value({ label, value, says }: { label: TextKey; value: string; says?: string }) {
  const { t } = useText();
  return (
    <TextInput
      label={t(label)}
      description={says}
      value={value}
      readOnly
      onFocus={(event) => event.currentTarget.select()}
      rightSection={<CopyIcon value={value} label={t('federation.copy', { name: t(label) })} />}
    />
  );
}
