import { Button, Select } from '@mantine/core';
import { configurationKinds, type Version } from '@samtal/contract/history';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../text/index.ts';
import { EmptyState, Page, Row, Rows, ToneBadge, type Tone } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { versionsQuery } from './queries.ts';
import { useValueText } from './use-value-text.ts';
import { useObjectName } from './use-object-name.ts';
import { VersionDialog } from './version-dialog.tsx';

const tones = {
  found: 'neutral',
  made: 'good',
  changed: 'accent',
  removed: 'danger',
} as const satisfies Record<Version['what'], Tone>;

/** Who changed what, when and why; newest first. */
export function HistoryPage() {
  const { t } = useText();
  const account = useAccount();
  const navigate = useNavigate();
  const { kind, objectId } = useSearch({ strict: false });
  const wanted = { ...(kind === undefined ? {} : { kind }), ...(objectId === undefined ? {} : { objectId }) };
  const versions = useInfiniteQuery(versionsQuery(account.id, wanted));
  const [open, setOpen] = useState<Version | null>(null);
  const items = versions.data?.pages.flatMap((page) => page.items) ?? [];
  const objectName = useObjectName();
  const [first] = items;

  return (
    <Page title={t('admin.history')} says={t('history.says')}>
      <Select
        label={t('history.kind')}
        mb="lg"
        maw="20rem"
        data={[
          { value: '', label: t('history.everything') },
          ...configurationKinds.map((each) => ({ value: each, label: t(`history.kind-${each}`) })),
        ]}
        value={kind ?? ''}
        onChange={(chosen) =>
          void navigate({
            to: '/admin/history',
            search: chosen ? { kind: chosen } : {},
          })
        }
        allowDeselect={false}
      />
      {objectId !== undefined && (
        <p>
          {first !== undefined && t('history.only', { name: objectName(first) })}{' '}
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => void navigate({ to: '/admin/history', search: {} })}
          >
            {t('history.show-all')}
          </Button>
        </p>
      )}
      <Rows
        query={versions}
        label={t('admin.history')}
        isEmpty={items.length === 0}
        empty={<EmptyState icon={IconHistory} title={t('history.none')} says={t('history.none-says')} />}
      >
        {items.map((version) => (
          <VersionRow
            key={`${version.kind} ${version.objectId} ${version.version}`}
            version={version}
            onOpen={() => setOpen(version)}
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
          key={`${open.kind} ${open.objectId} ${open.version}`}
          version={open}
          onClose={() => setOpen(null)}
        />
      )}
    </Page>
  );
}

function VersionRow({ version, onOpen }: { version: Version; onOpen: () => void }) {
  const { t, formats } = useText();
  const { fieldName } = useValueText();
  const name = useObjectName()(version);
  const who = version.by === null ? t('history.operator') : (version.by.name ?? t('history.former-user'));
  return (
    <Row
      title={name}
      says={
        <>
          {t('history.who-when', { who, at: formats.dateTime(version.at) })}
          {version.reason !== '' && <div>“{version.reason}”</div>}
        </>
      }
      badges={
        <>
          <ToneBadge tone={tones[version.what]}>
            {version.restoredFrom === null
              ? t(`history.what-${version.what}`)
              : t('history.restored', { version: version.restoredFrom })}
          </ToneBadge>
          <ToneBadge tone="neutral">{t('history.version', { version: version.version })}</ToneBadge>
          {version.what === 'changed' &&
            version.changed.slice(0, 3).map((field) => (
              <ToneBadge key={field} tone="neutral">
                {fieldName(version.kind, field)}
              </ToneBadge>
            ))}
          {version.what === 'changed' && version.changed.length > 3 && (
            <ToneBadge tone="neutral">
              {t('history.and-more', { count: version.changed.length - 3 })}
            </ToneBadge>
          )}
        </>
      }
      actions={
        <Button
          variant="default"
          size="xs"
          onClick={onOpen}
          aria-label={t('history.open-of', { name, version: version.version })}
        >
          {t('open')}
        </Button>
      }
    />
  );
}
