import { Alert, Select, Skeleton, Tabs } from '@mantine/core';
import type { AccountRule, MaskingState } from '@samtal/contract/masking';
import type { SettingState } from '@samtal/contract/settings';
import { IconFlask, IconMessages } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { Refusal } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, ErrorState, Page } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import {
  ReviewDialog,
  SettingRow,
  UnsavedBar,
  withChange,
  type Change,
  type Pending,
} from '../settings/index.ts';
import { useSites } from '../sites/index.ts';
import { Detectors } from './detectors.tsx';
import { draftOf } from './draft.ts';
import { valuesAfter } from './engine.ts';
import { MadeUpTexts } from './made-up-texts.tsx';
import classes from './masking.module.css';
import { maskingQuery, publish } from './queries.ts';
import { RecentTexts } from './recent-texts.tsx';
import { Rules } from './rules.tsx';
import { useChangeLines } from './use-change-lines.ts';
import { Versions } from './versions.tsx';

/** What is masked in the account and each channel: written as a draft, tried, and published as a version (G1 to G3). */
export function MaskingPage() {
  const { t } = useText();
  const account = useAccount();
  const navigate = useNavigate();
  const { channel: channelId = null } = useSearch({ strict: false });
  const channels = useSites().data ?? [];
  const masking = useQuery(maskingQuery(account.id, channelId));
  return (
    <Page title={t('admin.masking')} says={t('masking.says')}>
      <Select
        className={classes.level}
        label={t('masking.level')}
        data={[
          { value: '', label: t('settings.of-account', { name: account.name }) },
          ...channels.map(({ id, name }) => ({ value: id, label: t('settings.of-channel', { name }) })),
        ]}
        value={channelId ?? ''}
        onChange={(chosen) =>
          void navigate({ to: '/admin/masking', search: chosen ? { channel: chosen } : {} })
        }
        allowDeselect={false}
      />
      {masking.isLoading && <Skeleton height={420} radius="md" aria-label={t('loading')} />}
      {masking.error !== null && masking.data === undefined && (
        <ErrorState error={masking.error} onRetry={() => void masking.refetch()} />
      )}
      {masking.data !== undefined && <Draft key={channelId} known={masking.data} />}
    </Page>
  );
}

const nothing: Pending = new Map();

function Draft({ known }: { known: MaskingState }) {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const [from, setFrom] = useState(known);
  const [pending, setPending] = useState<Pending>(nothing);
  const [publishing, setPublishing] = useState(false);
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());
  const [samples, setSamples] = useState('');
  const level = from.channelId === null ? 'account' : 'channel';
  const mayManage = account.can('masking.manage');
  const query = maskingQuery(account.id, from.channelId);
  const draft = valuesAfter(from.settings, pending);
  const linesOf = useChangeLines();
  const changeOf = (setting: SettingState) => (change: Change) => {
    if (setting.key === 'masking.rules') setRefused(new Map());
    setPending((before) => withChange(before, { setting, own: setting.origin === level, change }));
  };
  const row = (key: string, editor?: Parameters<typeof SettingRow>[0]['editor']) => {
    const setting = from.settings.find((each) => each.key === key);
    return (
      setting !== undefined && (
        <SettingRow
          key={key}
          setting={setting}
          level={level}
          change={pending.get(key)}
          onChange={mayManage ? changeOf(setting) : null}
          {...(editor === undefined ? {} : { editor })}
        />
      )
    );
  };
  const noteRefusal = (error: unknown) => {
    const rules = draft['masking.rules'];
    const fields = error instanceof Refusal && error.code === 'request.invalid' ? error.fields : [];
    const problems = fields.flatMap(({ pointer, problem }) => {
      const rule = rules[Number(/\/masking\.rules\/(\d+)$/.exec(pointer)?.[1])];
      return rule === undefined ? [] : [[rule.id, problem] as const];
    });
    setRefused(new Map(problems));
    return problems.length > 0;
  };
  const published = (now: MaskingState) => {
    setPublishing(false);
    setPending(nothing);
    setRefused(new Map());
    setFrom(now);
    queryClient.setQueryData(query.queryKey, now);
    void queryClient.invalidateQueries({ queryKey: ['account', account.id, 'history'] });
    void queryClient.invalidateQueries({ queryKey: ['account', account.id, 'settings'] });
    announce(t('masking.published'));
  };

  return (
    <>
      {refused.size > 0 && (
        <Alert color="red" variant="light" role="alert" mb="lg" title={t('masking.refused-title')}>
          {t('masking.refused-says')}
        </Alert>
      )}
      <Section name="rules">
        {row('masking.rules', (value, onValue) => (
          <Rules
            rules={value as AccountRule[]}
            published={rulesIn(from.settings)}
            stopped={from.stopped}
            refused={refused}
            samples={samples}
            onSamples={setSamples}
            onChange={onValue}
          />
        ))}
      </Section>
      <Section name="detectors">
        {row('masking.cards')}
        {row('masking.card-networks')}
        {row('masking.detectors', (value, onValue) => (
          <Detectors on={value as Parameters<typeof Detectors>[0]['on']} onChange={onValue} />
        ))}
        {row('masking.phone-countries')}
      </Section>
      <Section name="redaction">
        {row('redaction.mode')}
        {row('redaction.after-hours')}
        {row('redaction.least-digits')}
        {row('redaction.sides')}
      </Section>
      <section className={classes.group} aria-labelledby="masking-trial">
        <h2 id="masking-trial">{t('masking.trial')}</h2>
        <p>{t('masking.trial-says')}</p>
        <div className={classes.trial}>
          <Tabs defaultValue="made-up" keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="made-up" leftSection={<IconFlask size={16} />}>
                {t('masking.made-up')}
              </Tabs.Tab>
              {mayManage && account.can('conversations.read') && (
                <Tabs.Tab value="recent" leftSection={<IconMessages size={16} />}>
                  {t('masking.recent')}
                </Tabs.Tab>
              )}
            </Tabs.List>
            <Tabs.Panel value="made-up">
              <MadeUpTexts published={valuesAfter(from.settings, nothing)} draft={draft} />
            </Tabs.Panel>
            <Tabs.Panel value="recent">
              <RecentTexts
                draft={{ channelId: from.channelId, ...draftOf(pending) }}
                rules={draft['masking.rules']}
                onRefused={noteRefusal}
              />
            </Tabs.Panel>
          </Tabs>
        </div>
      </section>
      <section className={classes.group} aria-labelledby="masking-versions">
        <h2 id="masking-versions">{t('masking.versions')}</h2>
        <p>{t('masking.versions-says')}</p>
        <Versions
          channelId={from.channelId}
          states={from.settings}
          onTake={
            mayManage
              ? (taken) => {
                  setPending(taken);
                  announce(t(taken.size === 0 ? 'masking.same-already' : 'masking.taken-up'));
                }
              : null
          }
        />
      </section>
      <UnsavedBar
        pending={pending}
        action={t('masking.publish')}
        onReview={() => setPublishing(true)}
        onDiscard={() => {
          setPending(nothing);
          setRefused(new Map());
        }}
      />
      {publishing && (
        <ReviewDialog
          known={from}
          pending={pending}
          title={t('masking.publish-title')}
          action={t('masking.publish-now')}
          reason="required"
          linesOf={linesOf}
          onSave={async ({ channelId, version, reason }) => {
            try {
              return await publish(account.id, { channelId, version, reason, ...draftOf(pending) });
            } catch (error) {
              if (noteRefusal(error)) setPublishing(false);
              throw error;
            }
          }}
          onLook={async () => await queryClient.fetchQuery({ ...query, staleTime: 0 })}
          onRebase={setFrom}
          onSaved={published}
          onClose={() => setPublishing(false)}
        />
      )}
    </>
  );
}

function Section({ name, children }: { name: 'rules' | 'detectors' | 'redaction'; children: ReactNode }) {
  const { t } = useText();
  return (
    <section className={classes.group} aria-labelledby={`masking-${name}`}>
      <h2 id={`masking-${name}`}>{t(`masking.group-${name}`)}</h2>
      <p>{t(`masking.group-${name}-says`)}</p>
      <ul className={classes.settings}>{children}</ul>
    </section>
  );
}

function rulesIn(states: readonly SettingState[]): readonly AccountRule[] {
  const value = states.find(({ key }) => key === 'masking.rules')?.value;
  return (value ?? []) as readonly AccountRule[];
}
