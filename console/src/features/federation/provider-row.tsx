import { ActionIcon, Menu } from '@mantine/core';
import type { FederationRefusal, IdentityProvider } from '@samtal/contract/federation';
import { IconDots, IconPencil, IconPlugConnected, IconTrash, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useText, type TextKey } from '../../text/index.ts';
import { Row, ToneBadge, type Tone } from '../../ui/index.ts';
import { stateOf, type ProviderState } from './provider-state.ts';

const tones: Readonly<Record<ProviderState['kind'], Tone>> = {
  off: 'neutral',
  'no-domain': 'warning',
  'certificate-ended': 'danger',
  'certificate-ends': 'warning',
  'never-used': 'accent',
  working: 'good',
};

/** What to look at differs where a certificate and an entity id are none of the provider’s. */
function refusalText(protocol: IdentityProvider['protocol'], reason: FederationRefusal): TextKey {
  if (protocol === 'oidc' && (reason === 'unverified' || reason === 'not-for-us'))
    return `federation.refusal-oidc.${reason}`;
  return `federation.refusal.${reason}`;
}

interface ProviderRowProps {
  provider: IdentityProvider;
  onOpen: (dialog: 'change' | 'own' | 'people' | 'remove') => void;
}

/** A provider: how it does, for whose addresses it speaks, and what came of it last. */
export function ProviderRow({ provider, onOpen }: ProviderRowProps) {
  const { t, count, formats } = useText();
  const [now] = useState(Date.now);
  const { name, domains, verifiedDomains, lastSignInAt, lastRefusal } = provider;
  const state = stateOf(provider, now);
  const facts = [
    provider.protocol === 'saml'
      ? t('federation.protocol-is', { name: new URL(provider.saml.signInUrl).host })
      : t('federation.protocol-is-oidc', { name: new URL(provider.oidc.issuer).host }),
    ...(lastSignInAt === null ? [] : [t('federation.last-sign-in', { at: formats.dateTime(lastSignInAt) })]),
  ];
  return (
    <Row
      title={
        <>
          {name}
          <ToneBadge tone={tones[state.kind]}>
            {state.kind === 'certificate-ends'
              ? count('federation.state.certificate-ends', state.days)
              : t(`federation.state.${state.kind}`)}
          </ToneBadge>
        </>
      }
      says={
        <>
          {facts.join(' · ')}
          {lastRefusal !== null && (
            <>
              <br />
              {t('federation.last-refusal', {
                at: formats.dateTime(lastRefusal.at),
                reason: t(refusalText(provider.protocol, lastRefusal.reason)),
              })}
            </>
          )}
        </>
      }
      badges={
        domains.length === 0 ? (
          <ToneBadge tone="warning">{t('federation.no-domains')}</ToneBadge>
        ) : (
          domains.map((domain) => (
            <ToneBadge key={domain} tone={verifiedDomains.includes(domain) ? 'good' : 'warning'}>
              {t(verifiedDomains.includes(domain) ? 'federation.verified' : 'federation.not-verified', {
                domain,
              })}
            </ToneBadge>
          ))
        )
      }
      actions={
        <>
          <ActionIcon aria-label={t('change.of', { name })} onClick={() => onOpen('change')}>
            <IconPencil size={18} />
          </ActionIcon>
          <Menu position="bottom-end" width={260}>
            <Menu.Target>
              <ActionIcon aria-label={t('federation.more-of', { name })}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPlugConnected size={16} />} onClick={() => onOpen('own')}>
                {t('federation.own')}
              </Menu.Item>
              <Menu.Item leftSection={<IconUsers size={16} />} onClick={() => onOpen('people')}>
                {t('federation.people')}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item
                leftSection={<IconTrash size={16} />}
                c="var(--mantine-color-error)"
                onClick={() => onOpen('remove')}
              >
                {t('delete')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
    />
  );
}
