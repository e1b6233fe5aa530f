import { ActionIcon, Code } from '@mantine/core';
import type { ExportAccount, ExportKey } from '@samtal/contract/statistics-export';
import { IconKey, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useText } from '../../text/index.ts';
import { CopyIcon, Row, ToneBadge, type Tone } from '../../ui/index.ts';
import { KeyList, type KeyAction } from './key-list.tsx';

const tones: Readonly<Record<ExportAccount['state'], Tone>> = {
  active: 'good',
  'no-key': 'warning',
  expired: 'neutral',
  disabled: 'neutral',
};

interface AccountRowProps {
  account: ExportAccount;
  onSwitch: () => void;
  onDelete: () => void;
  onAddKey: (replaced: ExportKey | null) => void;
  onKey: (what: KeyAction, key: ExportKey) => void;
}

/** An export account: what it is called and for, from where it comes, when it was last here, and its keys. */
export function AccountRow({ account, onSwitch, onDelete, onAddKey, onKey }: AccountRowProps) {
  const { t, formats } = useText();
  const { name, userName, purpose, state, networks, expiresAt, lastUsedAt, disabled } = account;
  const facts = [
    networks.length === 0 ? t('exports.from-anywhere') : t('exports.from', { networks: networks.join(', ') }),
    ...(expiresAt === null ? [] : [t('exports.until', { at: formats.dateTime(expiresAt) })]),
    lastUsedAt === null ? t('exports.never-used') : t('exports.used', { at: formats.dateTime(lastUsedAt) }),
  ];
  return (
    <Row
      title={
        <>
          {name}
          <ToneBadge tone={tones[state]}>{t(`exports.state.${state}`)}</ToneBadge>
        </>
      }
      says={
        <>
          {purpose}
          <br />
          {facts.join(' · ')}
          <br />
          {t('exports.user-name')} <Code style={{ overflowWrap: 'anywhere' }}>{userName}</Code>{' '}
          <span style={{ display: 'inline-block', verticalAlign: 'middle' }}>
            <CopyIcon value={userName} label={t('exports.copy-user-name', { name })} />
          </span>
        </>
      }
      actions={
        <>
          <ActionIcon aria-label={t('exports.add-key-to', { name })} onClick={() => onAddKey(null)}>
            <IconKey size={18} />
          </ActionIcon>
          <ActionIcon
            aria-label={t(disabled ? 'exports.enable-of' : 'exports.disable-of', { name })}
            onClick={onSwitch}
          >
            {disabled ? <IconPlayerPlay size={18} /> : <IconPlayerPause size={18} />}
          </ActionIcon>
          <ActionIcon aria-label={t('exports.delete-of', { name })} onClick={onDelete}>
            <IconTrash size={18} />
          </ActionIcon>
        </>
      }
      {...(account.keys.length === 0
        ? {}
        : { below: <KeyList keys={account.keys} onKey={onKey} onReplace={onAddKey} /> })}
    />
  );
}
