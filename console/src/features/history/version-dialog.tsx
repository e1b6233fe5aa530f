import { Alert, Button, Group, Modal, Select, Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { configuration, restoreVersion, type Version } from '@samtal/contract/history';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, BeforeAfter, ErrorState } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { differencesQuery, versionsQuery } from './queries.ts';
import { useObjectName } from './use-object-name.ts';
import { expanded } from './expanded.ts';
import { useValueText } from './use-value-text.ts';

interface VersionDialogProps {
  version: Version;
  /** The fields whose differences are shown: all unless it says otherwise. */
  only?: (field: string) => boolean;
  /** Instead of restoring the whole version. */
  actions?: ReactNode;
  onClose: () => void;
}

/** One version: what it changed, compared with whichever other one, and a way back to it. */
export function VersionDialog({ version, only, actions, onClose }: VersionDialogProps) {
  const { t, formats } = useText();
  const account = useAccount();
  const name = useObjectName()(version);
  const { kind, objectId } = version;
  const others = useInfiniteQuery(versionsQuery(account.id, { kind, objectId }));
  const known = others.data?.pages.flatMap((page) => page.items) ?? [];
  const [since, setSince] = useState(version.version - 1);
  const newest = known[0] ?? version;
  const mayRestore =
    version.version !== newest.version && version.what !== 'removed' && account.can(configuration[kind]);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('history.version-of', { name, version: version.version })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t('history.who-when', {
            who: version.by === null ? t('history.operator') : (version.by.name ?? t('history.former-user')),
            at: formats.dateTime(version.at),
          })}
          {version.reason !== '' && ` · “${version.reason}”`}
        </Text>
        <Select
          label={t('history.compare')}
          data={[
            { value: '0', label: t('history.before-all') },
            ...known
              .filter((other) => other.version !== version.version)
              .map((other) => ({
                value: String(other.version),
                label: t('history.version-at', {
                  version: other.version,
                  at: formats.dateTime(other.at),
                }),
              })),
          ]}
          value={String(since)}
          onChange={(chosen) => chosen !== null && setSince(Number(chosen))}
          allowDeselect={false}
        />
        <Differences version={version} since={since} only={only ?? (() => true)} />
        {actions}
        {actions === undefined && mayRestore && (
          <RestoreForm version={version} newest={newest.version} onRestored={onClose} />
        )}
      </Stack>
    </Modal>
  );
}

function Differences({
  version,
  since,
  only,
}: {
  version: Version;
  since: number;
  only: (field: string) => boolean;
}) {
  const { t } = useText();
  const account = useAccount();
  const { say, fieldName } = useValueText();
  const differences = useQuery(differencesQuery(account.id, version, since));
  if (differences.error !== null)
    return <ErrorState error={differences.error} onRetry={() => void differences.refetch()} />;
  if (differences.data === undefined) return <Skeleton height={120} radius="md" />;
  const shown = differences.data.differences.filter(({ path: [field = ''] }) => only(field));
  if (shown.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('history.same')}
      </Text>
    );
  return (
    <BeforeAfter
      label={t('history.differences')}
      lines={shown
        .flatMap((each) => (version.kind === 'settings' ? [each] : expanded(each)))
        .map(({ path, ...values }) => {
          const [field = '', ...inside] = path;
          return {
            name: [
              fieldName(version.kind, field),
              ...inside.map((name) => (version.kind === 'settings' ? name : fieldName(version.kind, name))),
            ].join(' › '),
            before: say(version.kind, field, values.before),
            after: say(version.kind, field, values.after),
          };
        })}
    />
  );
}

interface RestoreFormProps {
  version: Version;
  newest: number;
  onRestored: () => void;
}

function RestoreForm({ version, newest, onRestored }: RestoreFormProps) {
  const { t } = useText();
  const account = useAccount();
  const problemText = useProblemText();
  const queryClient = useQueryClient();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const restore = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const { kind, objectId } = version;
    try {
      await call(restoreVersion, {
        params: { accountId: account.id, kind, objectId, version: version.version },
        body: { newest, reason },
      });
      announce(t('history.restored-done'));
      onRestored();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
      // Whatever was restored is shown somewhere.
      await queryClient.invalidateQueries({ queryKey: ['account', account.id] });
    }
  };
  return (
    <form onSubmit={(event) => void restore(event)}>
      <Stack>
        <Textarea
          label={t('history.restore-reason')}
          description={t('history.restore-says', { version: version.version })}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
        />
        {error !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={busy} leftSection={<IconHistory size={16} />}>
            {t('history.restore')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
