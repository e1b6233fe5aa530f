import { ActionIcon } from '@mantine/core';
import type { ApiKey, KeyState } from '@samtal/contract/api-keys';
import { IconBan, IconRefresh } from '@tabler/icons-react';
import { useText } from '../../text/index.ts';
import { Row, ToneBadge, type Tone } from '../../ui/index.ts';
import { useRoleName, useRoles, useScopeWords } from '../access/index.ts';
import { useSession } from '../signin/index.ts';

const tones: Readonly<Record<KeyState, Tone>> = {
  active: 'good',
  'owner-away': 'warning',
  expired: 'neutral',
  revoked: 'neutral',
};

interface KeyRowProps {
  apiKey: ApiKey;
  onRotate: () => void;
  onRevoke: () => void;
}

/** A key: what for, whose, until when, and whether anything still uses it. */
export function KeyRow({ apiKey, onRotate, onRevoke }: KeyRowProps) {
  const { t, formats } = useText();
  const me = useSession()?.user.id;
  const { name, purpose, state, ownerId, ownerName, expiresAt, lastUsedOn, secrets } = apiKey;
  const old = secrets.find(({ endsAt }) => endsAt !== null)?.endsAt ?? null;
  const ends = state === 'active' || state === 'owner-away';
  const facts = [
    t('api-keys.owner', { name: ownerName ?? t('api-keys.owner-gone') }),
    ...(ends ? [t('api-keys.until', { at: formats.dateTime(expiresAt) })] : []),
    lastUsedOn === null ? t('api-keys.never-used') : t('api-keys.used', { day: formats.day(lastUsedOn) }),
    ...(old === null ? [] : [t('api-keys.old-until', { at: formats.dateTime(old) })]),
  ];
  return (
    <Row
      title={
        <>
          {name}
          <ToneBadge tone={tones[state]}>{t(`api-keys.state.${state}`)}</ToneBadge>
        </>
      }
      says={
        <>
          {purpose}
          <br />
          {facts.join(' · ')}
        </>
      }
      badges={<GrantBadges apiKey={apiKey} />}
      actions={
        <>
          {ends && ownerId === me && (
            <ActionIcon aria-label={t('api-keys.rotate-of', { name })} onClick={onRotate}>
              <IconRefresh size={18} />
            </ActionIcon>
          )}
          {state !== 'revoked' && (
            <ActionIcon aria-label={t('api-keys.revoke-of', { name })} onClick={onRevoke}>
              <IconBan size={18} />
            </ActionIcon>
          )}
        </>
      }
    />
  );
}

function GrantBadges({ apiKey: { grants } }: { apiKey: ApiKey }) {
  const { t } = useText();
  const roles = useRoles().data ?? [];
  const roleName = useRoleName();
  const scopeWords = useScopeWords();
  return grants.map(({ roleId, scope }) => {
    const role = roles.find(({ id }) => id === roleId);
    const words = scopeWords(scope);
    const name = role === undefined ? t('grant.role-unknown') : roleName(role);
    return (
      <ToneBadge key={`${roleId} ${words.join()}`} tone="accent">
        {[name, ...words].join(' · ')}
      </ToneBadge>
    );
  });
}
