import { ActionIcon, Anchor, Button, Code, Skeleton } from '@mantine/core';
import { revokeTicketKey, type TicketKey } from '@samtal/contract/tickets';
import { IconBan, IconPlus, IconRefresh, IconUserCheck } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, EmptyState, Page, Row, Rows, ToneBadge, useNow } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useSites } from '../sites/index.ts';
import { AddTicketKeyDialog } from './add-ticket-key-dialog.tsx';
import { ticketKeysQuery } from './queries.ts';
import { TicketExample } from './ticket-example.tsx';

/** `new`: a key beside those that are there; else the key that is replaced. */
type Adding = TicketKey | 'new' | null;

/** The keys by which an organisation’s own server says who the visitors of a site are (C9), and how it does so. */
export function TicketsPage() {
  const { t } = useText();
  const account = useAccount();
  const { siteId } = useParams({ from: '/signed-in/admin/sites/$siteId/tickets' });
  const site = useSites().data?.find(({ id }) => id === siteId);
  const queryClient = useQueryClient();
  const query = ticketKeysQuery(account.id, siteId);
  const keys = useQuery(query);
  const [adding, setAdding] = useState<Adding>(null);
  const [revoking, setRevoking] = useState<TicketKey | null>(null);
  const mayManage = account.can('sites.manage');
  const refresh = async () => await queryClient.invalidateQueries({ queryKey: query.queryKey });

  const revoke = async (reason: string) => {
    if (revoking === null) return;
    const params = { accountId: account.id, siteId, keyId: revoking.id };
    await call(revokeTicketKey, { params, body: { reason } });
    await refresh();
  };
  const add = mayManage ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding('new')}>
      {t('tickets.add')}
    </Button>
  ) : null;
  return (
    <Page
      title={site === undefined ? t('tickets.title') : t('tickets.title-of', { name: site.name })}
      says={
        <>
          {t('tickets.says')}{' '}
          <Anchor component={Link} to="/admin/sites" underline="always" inherit>
            {t('tickets.back')}
          </Anchor>
        </>
      }
      actions={add}
    >
      <Rows
        query={keys}
        label={t('tickets.keys')}
        isEmpty={keys.data?.length === 0}
        empty={
          <EmptyState
            icon={IconUserCheck}
            title={t('tickets.none')}
            says={t('tickets.none-says')}
            action={add}
          />
        }
      >
        {keys.data?.map((key) => (
          <KeyRow
            key={key.id}
            ticketKey={key}
            onReplace={mayManage ? () => setAdding(key) : null}
            onRevoke={mayManage ? () => setRevoking(key) : null}
          />
        ))}
      </Rows>
      {site === undefined ? (
        <Skeleton height={200} mt="xl" aria-label={t('loading')} />
      ) : (
        <TicketExample
          siteKey={site.siteKey}
          ticketKey={keys.data?.find(({ endsAt }) => endsAt === null) ?? null}
        />
      )}
      {adding !== null && (
        <AddTicketKeyDialog
          siteId={siteId}
          replaced={adding === 'new' ? null : adding}
          onSaved={refresh}
          onClose={() => setAdding(null)}
        />
      )}
      <ConfirmDialog
        opened={revoking !== null}
        title={t('tickets.revoke-title')}
        says={t('tickets.revoke-says')}
        action={t('tickets.revoke')}
        danger
        asksReason
        onConfirm={revoke}
        onClose={() => setRevoking(null)}
      />
    </Page>
  );
}

interface KeyRowProps {
  ticketKey: TicketKey;
  /** Null for those who may only look. */
  onReplace: (() => void) | null;
  onRevoke: (() => void) | null;
}

function KeyRow({ ticketKey: key, onReplace, onRevoke }: KeyRowProps) {
  const { t, formats } = useText();
  const { kid, endsAt, lastUsedOn } = key;
  const now = useNow();
  const state = endsAt === null ? 'active' : Date.parse(endsAt) <= now ? 'ended' : 'ending';
  const facts = [
    t('tickets.since', { at: formats.dateTime(key.createdAt) }),
    lastUsedOn === null ? t('tickets.never-used') : t('tickets.used', { day: formats.day(lastUsedOn) }),
    ...(endsAt === null || state === 'active'
      ? []
      : [t(`tickets.until-${state}`, { at: formats.dateTime(endsAt) })]),
  ];
  return (
    <Row
      title={
        <>
          <Code style={{ overflowWrap: 'anywhere' }}>{kid}</Code>
          <ToneBadge tone={state === 'active' ? 'good' : state === 'ending' ? 'warning' : 'neutral'}>
            {t(`tickets.state-${state}`)}
          </ToneBadge>
        </>
      }
      says={facts.join(' · ')}
      badges={<ToneBadge tone="neutral">{t(`tickets.algorithm-${key.algorithm}`)}</ToneBadge>}
      actions={
        <>
          {onReplace !== null && state === 'active' && (
            <ActionIcon aria-label={t('tickets.replace-of', { kid })} onClick={onReplace}>
              <IconRefresh size={18} />
            </ActionIcon>
          )}
          {onRevoke !== null && (
            <ActionIcon aria-label={t('tickets.revoke-of', { kid })} onClick={onRevoke}>
              <IconBan size={18} />
            </ActionIcon>
          )}
        </>
      }
    />
  );
}
