import { Button, Group, Text } from '@mantine/core';
import { getVersion, type Version } from '@samtal/contract/history';
import { maskingKeys } from '@samtal/contract/masking';
import type { SettingState } from '@samtal/contract/settings';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { EmptyState, Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { VersionDialog, versionsQuery } from '../history/index.ts';
import { useSettingText, withChange, type Pending } from '../settings/index.ts';

const isMasking = (field: string) => maskingKeys.some((key) => key === field);

interface VersionsProps {
  channelId: string | null;
  states: readonly SettingState[];
  /** Null for those who may only look. */
  onTake: ((draft: Pending) => void) | null;
}

/** The versions in which something about masking changed; each can be compared, and taken up as a draft. */
export function Versions({ channelId, states, onTake }: VersionsProps) {
  const { t, formats } = useText();
  const account = useAccount();
  const text = useSettingText();
  const versions = useInfiniteQuery(
    versionsQuery(account.id, { kind: 'settings', objectId: channelId ?? account.id }),
  );
  const [open, setOpen] = useState<Version | null>(null);
  const items = (versions.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter(({ changed }) => changed.some(isMasking));
  return (
    <>
      <Rows
        query={versions}
        label={t('masking.versions')}
        isEmpty={items.length === 0}
        empty={
          <EmptyState icon={IconHistory} title={t('history.none')} says={t('masking.no-versions-says')} />
        }
      >
        {items.map((version) => (
          <Row
            key={version.version}
            title={t('history.version', { version: version.version })}
            says={
              <>
                {t('history.who-when', {
                  who:
                    version.by === null
                      ? t('history.operator')
                      : (version.by.name ?? t('history.former-user')),
                  at: formats.dateTime(version.at),
                })}
                {version.reason !== '' && <div>“{version.reason}”</div>}
              </>
            }
            badges={version.changed.filter(isMasking).map((field) => (
              <ToneBadge key={field} tone="neutral">
                {text.label(field)}
              </ToneBadge>
            ))}
            actions={
              <Button
                variant="default"
                size="xs"
                aria-label={t('history.open-of', {
                  name: t('admin.masking'),
                  version: version.version,
                })}
                onClick={() => setOpen(version)}
              >
                {t('open')}
              </Button>
            }
          />
        ))}
      </Rows>
      {versions.hasNextPage && (
        <Button
          mt="md"
          variant="default"
          loading={versions.isFetchingNextPage}
          onClick={() => void versions.fetchNextPage()}
        >
          {t('load-more')}
        </Button>
      )}
      {open !== null && (
        <VersionDialog
          key={open.version}
          version={open}
          only={isMasking}
          actions={
            onTake !== null && (
              <TakeUp
                version={open}
                states={states}
                onTake={(draft) => {
                  setOpen(null);
                  onTake(draft);
                }}
              />
            )
          }
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

/** Makes of what an older version says about masking a draft: it is tried and judged like any other before it holds. */
function TakeUp({
  version: { kind, objectId, version },
  states,
  onTake,
}: {
  version: Version;
  states: readonly SettingState[];
  onTake: (draft: Pending) => void;
}) {
  const { t } = useText();
  const account = useAccount();
  const problemText = useProblemText();
  const taking = useMutation({
    mutationFn: async () =>
      await call(getVersion, { params: { accountId: account.id, kind, objectId, version } }),
    onSuccess: ({ body }) => {
      const level = objectId === account.id ? 'account' : 'channel';
      let draft: Pending = new Map();
      const said = new Map<string, unknown>(Object.entries(body ?? {}));
      for (const setting of states) {
        const change = said.has(setting.key) ? { value: said.get(setting.key) } : 'unset';
        draft = withChange(draft, { setting, own: setting.origin === level, change });
      }
      onTake(draft);
    },
  });
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed" flex="1 1 14rem">
        {t('masking.take-up-says')}
      </Text>
      {taking.error !== null && (
        <Text size="sm" c="red" role="alert">
          {problemText(taking.error)}
        </Text>
      )}
      <Button
        leftSection={<IconHistory size={16} />}
        loading={taking.isPending}
        onClick={() => taking.mutate()}
      >
        {t('masking.take-up')}
      </Button>
    </Group>
  );
}
