import { Button, Group, Stack, Text } from '@mantine/core';
import type { ExportKey, ExportKeyState } from '@samtal/contract/statistics-export';
import { useText } from '../../text/index.ts';
import { ToneBadge, type Tone } from '../../ui/index.ts';

export type KeyAction = 'confirm' | 'revoke' | 'passphrase';

const tones: Readonly<Record<ExportKeyState, Tone>> = {
  pending: 'warning',
  active: 'good',
  ending: 'warning',
  ended: 'neutral',
  refused: 'neutral',
  lapsed: 'neutral',
  revoked: 'neutral',
};

interface KeyListProps {
  keys: readonly ExportKey[];
  onKey: (what: KeyAction, key: ExportKey) => void;
  onReplace: (key: ExportKey) => void;
}

/** The keys of an export account, each with how it stands and what can be done about that. */
export function KeyList({ keys, onKey, onReplace }: KeyListProps) {
  const { t, formats } = useText();
  return (
    <Stack gap="xs" w="100%">
      {keys.map((key) => {
        const stands = key.state === 'pending' || key.state === 'active' || key.state === 'ending';
        const title = t('exports.key-of-type', { type: key.type, bits: String(key.bits) });
        return (
          <div key={key.id} role="group" aria-label={title}>
            <Group gap="xs">
              <Text size="sm" fw={600}>
                {title}
              </Text>
              <ToneBadge tone={tones[key.state]}>{t(`exports.key-state.${key.state}`)}</ToneBadge>
            </Group>
            {key.fingerprints !== null && (
              <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                {key.fingerprints.sha256}
                <br />
                {key.fingerprints.md5}
              </Text>
            )}
            <Text size="xs" c="dimmed">
              {t('exports.key-since', {
                at: formats.dateTime(key.submittedAt),
                name: key.submittedBy?.name ?? t('exports.somebody'),
              })}
              {key.endsAt !== null && ` · ${t('exports.until', { at: formats.dateTime(key.endsAt) })}`}
            </Text>
            {stands && (
              <Group gap="xs" mt={4}>
                {key.state === 'pending' && (
                  <Button size="compact-sm" onClick={() => onKey('confirm', key)}>
                    {t('exports.confirm')}
                  </Button>
                )}
                {key.passphraseUntil !== null && !key.mine && (
                  <Button size="compact-sm" variant="light" onClick={() => onKey('passphrase', key)}>
                    {t('exports.passphrase')}
                  </Button>
                )}
                {key.state === 'active' && (
                  <Button size="compact-sm" variant="default" onClick={() => onReplace(key)}>
                    {t('exports.replace')}
                  </Button>
                )}
                <Button size="compact-sm" variant="default" onClick={() => onKey('revoke', key)}>
                  {t('exports.revoke')}
                </Button>
              </Group>
            )}
          </div>
        );
      })}
    </Stack>
  );
}
