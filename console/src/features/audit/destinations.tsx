import {
  ActionIcon,
  Button,
  Modal,
  NumberInput,
  SegmentedControl,
  Select,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import {
  changeAuditDestination,
  createAuditDestination,
  deleteAuditDestination,
  type AuditDestination,
  type AuditTarget,
} from '@samtal/contract/audit';
import { IconBroadcast, IconPlayerPause, IconPlayerPlay, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import {
  ConfirmDialog,
  CopyBlock,
  EmptyState,
  FormDialog,
  Row,
  Rows,
  ToneBadge,
  useReport,
} from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { destinationsQuery } from './queries.ts';
import classes from './audit.module.css';

/** Where the trail is sent as it grows, how far each destination has come, and what it meets with. */
export function Destinations() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const report = useReport();
  const query = useQuery(destinationsQuery(account.id));
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [removing, setRemoving] = useState<AuditDestination | null>(null);
  const refresh = async () =>
    await queryClient.invalidateQueries({ queryKey: destinationsQuery(account.id).queryKey });
  const params = (destinationId: string) => ({ accountId: account.id, destinationId });
  const toggle = async ({ id, active }: AuditDestination) => {
    await call(changeAuditDestination, { params: params(id), body: { active: !active } });
    await refresh();
  };
  const remove = async () => {
    if (removing === null) return;
    await call(deleteAuditDestination, { params: params(removing.id) });
    await refresh();
  };
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
      {t('audit.destination-add')}
    </Button>
  );
  return (
    <>
      <div className={classes.destinationsHead}>
        <p>{t('audit.destinations-says')}</p>
        {(query.data?.length ?? 0) > 0 && add}
      </div>
      <Rows
        query={query}
        label={t('audit.destinations')}
        isEmpty={query.data?.length === 0}
        empty={
          <EmptyState
            icon={IconBroadcast}
            title={t('audit.destination-none')}
            says={t('audit.destination-none-says')}
            action={add}
          />
        }
      >
        {query.data?.map((destination) => (
          <DestinationRow
            key={destination.id}
            destination={destination}
            onToggle={() => void toggle(destination).catch(report)}
            onRemove={() => setRemoving(destination)}
          />
        ))}
      </Rows>
      {adding && (
        <AddDialog
          onAdded={async (signingSecret) => {
            setAdding(false);
            setSecret(signingSecret);
            await refresh();
          }}
          onClose={() => setAdding(false)}
        />
      )}
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        title={t('audit.secret')}
        size="lg"
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Text size="sm" mb="md">
          {t('audit.secret-says')}
        </Text>
        <CopyBlock value={secret ?? ''} label={t('audit.secret')} />
      </Modal>
      <ConfirmDialog
        opened={removing !== null}
        title={t('audit.destination-delete', { name: removing?.name ?? '' })}
        says={t('audit.destination-delete-says')}
        action={t('delete')}
        danger
        onConfirm={remove}
        onClose={() => setRemoving(null)}
      />
    </>
  );
}

interface DestinationRowProps {
  destination: AuditDestination;
  onToggle: () => void;
  onRemove: () => void;
}

function DestinationRow({ destination, onToggle, onRemove }: DestinationRowProps) {
  const { t, count, has, formats } = useText();
  const { name, target, active, behind, failing, deliveredAt } = destination;
  const failureKey: string = `audit.failure.${failing?.code ?? ''}`;
  const arrived =
    deliveredAt === null
      ? t('audit.never-arrived')
      : t('audit.arrived-at', { at: formats.dateTime(deliveredAt) });
  return (
    <Row
      title={
        <>
          {name}
          {!active && <ToneBadge tone="neutral">{t('audit.paused')}</ToneBadge>}
          {active && failing === null && <ToneBadge tone="good">{t('audit.arriving')}</ToneBadge>}
          {active && failing !== null && <ToneBadge tone="danger">{t('audit.failing')}</ToneBadge>}
        </>
      }
      says={
        <>
          {whereTo(target)}
          <br />
          {arrived}
          {behind > 0 && ` · ${count('audit.behind', behind)}`}
          {failing !== null && (
            <span className={classes.failure}>
              {has(failureKey) ? t(failureKey) : failing.code} ·{' '}
              {t('audit.failing-since', { at: formats.dateTime(failing.since) })}
              {active && ` · ${t('audit.next-try', { at: formats.time(failing.nextTryAt) })}`}
            </span>
          )}
        </>
      }
      actions={
        <>
          <ActionIcon aria-label={t(active ? 'audit.pause' : 'audit.resume', { name })} onClick={onToggle}>
            {active ? <IconPlayerPause size={18} /> : <IconPlayerPlay size={18} />}
          </ActionIcon>
          <ActionIcon aria-label={t('delete.of', { name })} onClick={onRemove}>
            <IconTrash size={18} />
          </ActionIcon>
        </>
      }
    />
  );
}

function whereTo(target: AuditTarget): string {
  return target.kind === 'webhook'
    ? target.url
    : `syslog · ${target.host}:${target.port} · ${target.transport.toUpperCase()}`;
}

interface AddDialogProps {
  onAdded: (signingSecret: string | null) => Promise<unknown>;
  onClose: () => void;
}

function AddDialog({ onAdded, onClose }: AddDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const [kind, setKind] = useState<'webhook' | 'syslog'>('webhook');
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [host, setHost] = useState('');
  const [port, setPort] = useState<number>(6514);
  const [transport, setTransport] = useState<'tls' | 'tcp'>('tls');
  const [ca, setCa] = useState('');
  const [from, setFrom] = useState<'now' | 'beginning'>('now');

  const submit = async () => {
    const trusted = ca.trim() === '' ? {} : { ca: `${ca.trim()}\n` };
    const target: AuditTarget =
      kind === 'webhook'
        ? { kind, url: url.trim(), ...trusted }
        : { kind, host: host.trim(), port, transport, ...trusted };
    const { signingSecret } = await call(createAuditDestination, {
      params: { accountId: account.id },
      body: { name: name.trim(), target, from },
    });
    await onAdded(signingSecret);
  };
  return (
    <FormDialog
      opened
      title={t('audit.destination-add')}
      action={t('audit.destination-start')}
      size="lg"
      onSubmit={submit}
      onClose={onClose}
    >
      <SegmentedControl
        aria-label={t('audit.kind')}
        value={kind}
        onChange={(value) => setKind(value === 'syslog' ? 'syslog' : 'webhook')}
        data={[
          { value: 'webhook', label: t('audit.webhook') },
          { value: 'syslog', label: t('audit.syslog') },
        ]}
        fullWidth
      />
      <TextInput
        label={t('name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={120}
        required
        data-autofocus
      />
      {kind === 'webhook' ? (
        <TextInput
          type="url"
          label={t('audit.url')}
          description={t('audit.url-says')}
          placeholder="https://siem.example.org/samtal"
          pattern="https://.+"
          title={t('audit.url-says')}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          maxLength={500}
          required
        />
      ) : (
        <div className={classes.syslog}>
          <TextInput
            label={t('audit.host')}
            placeholder="log.example.org"
            value={host}
            onChange={(event) => setHost(event.currentTarget.value)}
            maxLength={253}
            required
          />
          <NumberInput
            label={t('audit.port')}
            value={port}
            onChange={(value) => setPort(Number(value))}
            min={1}
            max={65_535}
            allowDecimal={false}
            hideControls
            required
          />
          <Select
            label={t('audit.transport')}
            data={[
              { value: 'tls', label: 'TLS' },
              { value: 'tcp', label: 'TCP' },
            ]}
            value={transport}
            onChange={(value) => setTransport(value === 'tcp' ? 'tcp' : 'tls')}
            allowDeselect={false}
            {...(transport === 'tcp' ? { description: t('audit.tcp-says') } : {})}
          />
        </div>
      )}
      <Select
        label={t('audit.from')}
        data={[
          { value: 'now', label: t('audit.from-now') },
          { value: 'beginning', label: t('audit.from-beginning') },
        ]}
        value={from}
        onChange={(value) => setFrom(value === 'beginning' ? 'beginning' : 'now')}
        allowDeselect={false}
      />
      {(kind === 'webhook' || transport === 'tls') && (
        <Textarea
          label={t('audit.ca')}
          description={t('audit.ca-says')}
          placeholder="-----BEGIN CERTIFICATE-----"
          value={ca}
          onChange={(event) => setCa(event.currentTarget.value)}
          maxLength={20_000}
          minRows={2}
          autosize
          maxRows={5}
          spellCheck={false}
        />
      )}
    </FormDialog>
  );
}
