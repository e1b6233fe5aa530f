import {
  ActionIcon,
  Alert,
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
  testAuditDestination,
  type AuditDestination,
  type AuditTarget,
} from '@samtal/contract/audit';
import {
  IconBroadcast,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconSend,
  IconTrash,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import {
  ConfirmDialog,
  CopyBlock,
  EmptyState,
  FormDialog,
  NameField,
  ReasonField,
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
  const [tested, setTested] = useState<{ name: string; failure: string | null } | null>(null);
  const refresh = async () =>
    await queryClient.invalidateQueries({ queryKey: destinationsQuery(account.id).queryKey });
  const params = (destinationId: string) => ({ accountId: account.id, destinationId });
  const test = async ({ id, name }: AuditDestination) => {
    const { failure } = await call(testAuditDestination, { params: params(id) });
    setTested({ name, failure });
  };
  const toggle = async ({ id, active, version }: AuditDestination) => {
    await call(changeAuditDestination, { params: params(id), body: { active: !active, version } });
    await refresh();
  };
  const remove = async (reason: string) => {
    if (removing === null) return;
    await call(deleteAuditDestination, { params: params(removing.id), body: { reason } });
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
      {tested !== null && <TestResult {...tested} onClose={() => setTested(null)} />}
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
            onToggle={() => void report(toggle(destination))}
            onTest={async () => void (await report(test(destination)))}
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
        asksReason
        onConfirm={remove}
        onClose={() => setRemoving(null)}
      />
    </>
  );
}

/** Why something did not arrive, and what to do about it. */
function useFailureText(): (code: string) => string {
  const { t, has } = useText();
  return (code) => {
    const key: string = `audit.failure.${code}`;
    if (has(key)) return t(key);
    const [, status] = /^answered-(\d{3})$/.exec(code) ?? [];
    return status === undefined ? code : t('audit.failure.answered', { status });
  };
}

interface TestResultProps {
  name: string;
  failure: string | null;
  onClose: () => void;
}

function TestResult({ name, failure, onClose }: TestResultProps) {
  const { t } = useText();
  const failureText = useFailureText();
  return (
    <Alert
      color={failure === null ? 'teal' : 'red'}
      variant="light"
      role={failure === null ? 'status' : 'alert'}
      title={t(failure === null ? 'audit.test-arrived' : 'audit.test-failed', { name })}
      withCloseButton
      closeButtonLabel={t('close')}
      onClose={onClose}
      mb="md"
    >
      {failure === null ? t('audit.test-arrived-says') : failureText(failure)}
    </Alert>
  );
}

interface DestinationRowProps {
  destination: AuditDestination;
  onToggle: () => void;
  onTest: () => Promise<void>;
  onRemove: () => void;
}

function DestinationRow({ destination, onToggle, onTest, onRemove }: DestinationRowProps) {
  const [testing, setTesting] = useState(false);
  const test = async () => {
    setTesting(true);
    await onTest().finally(() => setTesting(false));
  };
  const { t, count, formats } = useText();
  const failureText = useFailureText();
  const { name, target, active, behind, failing, deliveredAt } = destination;
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
              {failureText(failing.code)} ·{' '}
              {t('audit.failing-since', { at: formats.dateTime(failing.since) })}
              {active && ` · ${t('audit.next-try', { at: formats.time(failing.nextTryAt) })}`}
            </span>
          )}
        </>
      }
      actions={
        <>
          <ActionIcon
            aria-label={t('audit.test', { name })}
            title={t('audit.test', { name })}
            loading={testing}
            onClick={() => void test()}
          >
            <IconSend size={18} />
          </ActionIcon>
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
  const [reason, setReason] = useState('');

  const submit = async () => {
    const trusted = ca.trim() === '' ? {} : { ca: `${ca.trim()}\n` };
    const target: AuditTarget =
      kind === 'webhook'
        ? { kind, url: url.trim(), ...trusted }
        : { kind, host: host.trim(), port, transport, ...trusted };
    const { signingSecret } = await call(createAuditDestination, {
      params: { accountId: account.id },
      body: { name: name.trim(), target, from, reason },
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
      <NameField value={name} onChange={setName} />
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
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}
