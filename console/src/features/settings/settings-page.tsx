import { Button, Select, Skeleton, TextInput } from '@mantine/core';
import { changeSettings, type SettingsOfLevel } from '@samtal/contract/settings';
import { IconHistory, IconSearch } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, EmptyState, ErrorState, Page } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useSites } from '../sites/index.ts';
import { groupOf, groupsInOrder } from './groups.ts';
import { withChange, type Pending } from './pending.ts';
import { NetworkTrialNotice, networkTrialQuery } from './network-trial.tsx';
import { settingsQuery, useSettings } from './queries.ts';
import { ReviewDialog } from './review-dialog.tsx';
import { UnsavedBar } from './unsaved-bar.tsx';
import { SettingRow } from './setting-row.tsx';
import classes from './settings.module.css';
import { useSettingText } from './use-setting-text.ts';

/** The settings of the account and of each channel: what holds, where it comes from, and what changes. */
export function SettingsPage() {
  const { t } = useText();
  const account = useAccount();
  const navigate = useNavigate();
  const { channel: channelId = null } = useSearch({ strict: false });
  const channels = useSites().data ?? [];
  const settings = useSettings(channelId);
  const [wanted, setWanted] = useState('');
  const queryClient = useQueryClient();
  const lookAgain = useCallback(() => {
    void queryClient.invalidateQueries(networkTrialQuery(account.id));
    void queryClient.resetQueries({ queryKey: ['account', account.id, 'settings'] });
  }, [queryClient, account.id]);

  return (
    <Page
      title={t('admin.settings')}
      says={t('settings.says')}
      actions={
        <Button
          variant="default"
          leftSection={<IconHistory size={16} />}
          renderRoot={(props) => (
            <Link
              {...props}
              to="/admin/history"
              search={{ kind: 'settings', objectId: channelId ?? account.id }}
            />
          )}
        >
          {t('admin.history')}
        </Button>
      }
    >
      <div className={classes.tools}>
        <Select
          label={t('settings.level')}
          data={[
            { value: '', label: t('settings.of-account', { name: account.name }) },
            ...channels.map(({ id, name }) => ({ value: id, label: t('settings.of-channel', { name }) })),
          ]}
          value={channelId ?? ''}
          onChange={(chosen) =>
            void navigate({ to: '/admin/settings', search: chosen ? { channel: chosen } : {} })
          }
          allowDeselect={false}
        />
        <TextInput
          type="search"
          label={t('settings.find')}
          leftSection={<IconSearch size={16} />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      </div>
      <NetworkTrialNotice onReverted={lookAgain} />
      {settings.isLoading && <Skeleton height={420} radius="md" />}
      {settings.error !== null && settings.data === undefined && (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      )}
      {settings.data !== undefined && <SettingsForm key={channelId} known={settings.data} wanted={wanted} />}
    </Page>
  );
}

function SettingsForm({ known, wanted }: { known: SettingsOfLevel; wanted: string }) {
  const { t } = useText();
  const text = useSettingText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const [from, setFrom] = useState(known);
  const [pending, setPending] = useState<Pending>(new Map());
  const [reviewing, setReviewing] = useState(false);
  const level = from.channelId === null ? 'account' : 'channel';
  const mayManage = account.can('settings.manage');
  const query = settingsQuery(account.id, from.channelId);

  const folded = wanted.trim().toLocaleLowerCase();
  const shown = from.settings.filter(
    ({ key, levels }) =>
      (level === 'account' || levels.includes('channel')) &&
      [key, text.label(key), text.says(key)].some((words) => words.toLocaleLowerCase().includes(folded)),
  );
  const saved = (now: SettingsOfLevel) => {
    setReviewing(false);
    setPending(new Map());
    setFrom(now);
    queryClient.setQueryData(query.queryKey, now);
    void queryClient.invalidateQueries({ queryKey: ['account', account.id, 'history'] });
    void queryClient.invalidateQueries(networkTrialQuery(account.id));
    announce(t('saved'));
  };
  return (
    <>
      {shown.length === 0 && (
        <EmptyState icon={IconSearch} title={t('nothing-found')} says={t('settings.find-says')} />
      )}
      {groupsInOrder.map((group) => {
        const inside = shown.filter(({ key }) => groupOf(key) === group);
        if (inside.length === 0) return null;
        return (
          <section key={group} className={classes.group} aria-labelledby={`group-${group}`}>
            <h2 id={`group-${group}`}>{t(`settings.group-${group}`)}</h2>
            <ul>
              {inside.map((setting) => (
                <SettingRow
                  key={setting.key}
                  setting={setting}
                  level={level}
                  change={pending.get(setting.key)}
                  onChange={
                    mayManage
                      ? (change) =>
                          setPending((before) =>
                            withChange(before, { setting, own: setting.origin === level, change }),
                          )
                      : null
                  }
                />
              ))}
            </ul>
          </section>
        );
      })}
      <UnsavedBar
        pending={pending}
        action={t('settings.review')}
        onReview={() => setReviewing(true)}
        onDiscard={() => setPending(new Map())}
      />
      {reviewing && (
        <ReviewDialog
          known={from}
          pending={pending}
          title={t('settings.review')}
          action={t('save')}
          reason="optional"
          onSave={(body) => call(changeSettings, { params: { accountId: account.id }, body })}
          onLook={async () => {
            return await queryClient.fetchQuery({ ...query, staleTime: 0 });
          }}
          onRebase={setFrom}
          onSaved={saved}
          onClose={() => setReviewing(false)}
        />
      )}
    </>
  );
}
