import { Button } from '@mantine/core';
import type { EndingCertificate, LeftKey, WeakerSetting } from '@samtal/contract/self-check';
import { IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { EmptyState, Page, Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useSettingText } from '../settings/index.ts';
import { selfCheckQuery } from './queries.ts';

/** What protects the account less than it did when it was new, why that matters, and where to change it (K5). */
export function SelfCheckPage() {
  const { t } = useText();
  const account = useAccount();
  const check = useQuery(selfCheckQuery(account.id));
  const weaker = check.data?.weaker ?? [];
  const certificates = check.data?.certificates ?? [];
  const keys = check.data?.keys ?? [];
  const empty = (
    <EmptyState icon={IconShieldCheck} title={t('self-check.empty')} says={t('self-check.empty-says')} />
  );
  return (
    <Page title={t('admin.self-check')} says={t('self-check.says')}>
      <Rows
        query={check}
        isEmpty={weaker.length + certificates.length + keys.length === 0}
        empty={empty}
        label={t('self-check.list')}
      >
        {certificates.map((each) => (
          <CertificateRow key={each.providerId} certificate={each} />
        ))}
        {keys.map((each) => (
          <LeftKeyRow key={each.keyId} leftKey={each} />
        ))}
        {weaker.map((each) => (
          <WeakerRow key={`${each.channel?.id ?? ''} ${each.key}`} weaker={each} />
        ))}
      </Rows>
    </Page>
  );
}

function CertificateRow({ certificate: { name, endsAt, days } }: { certificate: EndingCertificate }) {
  const { t, count, formats } = useText();
  const account = useAccount();
  return (
    <Row
      title={t(days < 0 ? 'self-check.certificate-ended' : 'self-check.certificate', { name })}
      says={
        <>
          {t('self-check.certificate-says')}
          <br />
          {t('federation.certificate-until', { at: formats.dateTime(endsAt) })}
        </>
      }
      badges={
        <ToneBadge tone={days < 0 ? 'danger' : 'warning'}>
          {days < 0 ? t('federation.certificate-ended') : count('federation.certificate-ends', days)}
        </ToneBadge>
      }
      actions={
        account.can('federation.manage') && (
          <Button
            variant="default"
            size="xs"
            aria-label={t('self-check.change-of', { name })}
            renderRoot={(props) => <Link {...props} to="/admin/identity-providers" />}
          >
            {t('self-check.change')}
          </Button>
        )
      }
    />
  );
}

function LeftKeyRow({ leftKey: { name, left } }: { leftKey: LeftKey }) {
  const { t } = useText();
  const account = useAccount();
  const [who] = left;
  return (
    <Row
      title={t('self-check.key', { name })}
      says={
        <>
          {t(left.length > 1 ? 'self-check.key-both' : `self-check.key-${who ?? 'submitted'}`)}
          <br />
          {t('self-check.key-todo')}
        </>
      }
      badges={<ToneBadge tone="warning">{t('self-check.key-badge')}</ToneBadge>}
      actions={
        account.can('statistics.export') && (
          <Button
            variant="default"
            size="xs"
            aria-label={t('self-check.change-of', { name })}
            renderRoot={(props) => <Link {...props} to="/admin/exports" />}
          >
            {t('self-check.change')}
          </Button>
        )
      }
    />
  );
}

function WeakerRow({ weaker: { key, channel, value, usual, origin } }: { weaker: WeakerSetting }) {
  const { t } = useText();
  const text = useSettingText();
  const account = useAccount();
  const ofAccount = origin === 'account' ? t('settings.origin-own-account') : t(`settings.origin-${origin}`);
  const search = channel === null ? {} : { channel: channel.id };
  const name = text.label(key);
  const lists = Array.isArray(value) && Array.isArray(usual) ? { value, usual } : null;
  const said = (of: 'without' | 'also', items: unknown[]) =>
    items.length === 0 ? [] : [t(`self-check.${of}`, { items: text.say(key, items) })];
  const difference =
    lists === null
      ? t('self-check.now', { value: text.say(key, value), usual: text.say(key, usual) })
      : [
          ...said(
            'without',
            lists.usual.filter((each) => !lists.value.includes(each)),
          ),
          ...said(
            'also',
            lists.value.filter((each) => !lists.usual.includes(each)),
          ),
        ].join('. ');
  return (
    <Row
      title={name}
      says={
        <>
          {text.whyWeaker(key)}
          <br />
          {difference}
        </>
      }
      badges={
        <ToneBadge tone="warning">
          {channel === null ? ofAccount : t('settings.of-channel', { name: channel.name })}
        </ToneBadge>
      }
      actions={
        account.can('settings.manage') && (
          <Button
            variant="default"
            size="xs"
            aria-label={t('self-check.change-of', { name })}
            renderRoot={(props) => <Link {...props} to="/admin/settings" search={search} />}
          >
            {t('self-check.change')}
          </Button>
        )
      }
    />
  );
}
