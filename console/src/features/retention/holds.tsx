import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core';
import { liftHold, placeHold, type Hold } from '@samtal/contract/retention';
import { IconGavel, IconLockOpen, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, EmptyState, FormDialog, Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { caseIdPattern } from './case-id.ts';
import { holdsQuery } from './queries.ts';
import classes from './retention.module.css';

/** The cases that stay, whatever their time and whoever asks. */
export function Holds() {
  const { t, formats } = useText();
  const account = useAccount();
  const holds = useQuery(holdsQuery(account.id));
  const refresh = useRefresh();
  const [placing, setPlacing] = useState(false);
  const [lifting, setLifting] = useState<Hold | null>(null);
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setPlacing(true)}>
      {t('hold.place')}
    </Button>
  );
  const lift = async () => {
    if (lifting === null) return;
    await call(liftHold, { params: { accountId: account.id, conversationId: lifting.conversationId } });
    await refresh();
  };
  return (
    <>
      {holds.data !== undefined && holds.data.length > 0 && <div className={classes.bar}>{add}</div>}
      <Rows
        query={holds}
        label={t('retention.holds')}
        isEmpty={holds.data?.length === 0}
        empty={<EmptyState icon={IconGavel} title={t('hold.none')} says={t('hold.none-says')} action={add} />}
      >
        {holds.data?.map((hold) => (
          <Row
            key={hold.conversationId}
            title={hold.caseId}
            says={hold.reason}
            badges={
              <>
                <ToneBadge tone="accent">
                  {hold.until === null
                    ? t('hold.unlimited')
                    : t('hold.until', { at: formats.dateTime(hold.until) })}
                </ToneBadge>
                <ToneBadge tone="neutral">
                  {t('hold.placed', {
                    at: formats.dateTime(hold.placedAt),
                    name: hold.placedByName ?? t('hold.somebody'),
                  })}
                </ToneBadge>
              </>
            }
            actions={
              <ActionIcon
                aria-label={t('hold.lift-of', { case: hold.caseId })}
                onClick={() => setLifting(hold)}
              >
                <IconLockOpen size={18} />
              </ActionIcon>
            }
          />
        ))}
      </Rows>
      {placing && <HoldDialog caseId={null} onClose={() => setPlacing(false)} />}
      <ConfirmDialog
        opened={lifting !== null}
        title={t('hold.lift-title', { case: lifting?.caseId ?? '' })}
        says={t('hold.lift-says')}
        action={t('hold.lift')}
        danger
        onConfirm={lift}
        onClose={() => setLifting(null)}
      />
    </>
  );
}

/** Everything that a hold changes. */
export function useRefresh(): () => Promise<void> {
  const queryClient = useQueryClient();
  const { id } = useAccount();
  return async () => {
    await Promise.all(
      ['retention', 'holds', 'hold', 'erasures', 'deletions'].map((key) =>
        queryClient.invalidateQueries({ queryKey: ['account', id, key] }),
      ),
    );
  };
}

/** Puts a case under hold. `caseId` is null where it is typed. */
export function HoldDialog({ caseId, onClose }: { caseId: string | null; onClose: () => void }) {
  const { t } = useText();
  const account = useAccount();
  const refresh = useRefresh();
  const [typed, setTyped] = useState(caseId ?? '');
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const save = async () => {
    // The whole day is still held, by the clock of whoever says so.
    const end = until === '' ? null : new Date(`${until}T23:59:59`).toISOString();
    await call(placeHold, {
      params: { accountId: account.id },
      body: { caseId: typed.trim(), reason: reason.trim(), until: end },
    });
    await refresh();
    onClose();
  };
  return (
    <FormDialog opened title={t('hold.place')} action={t('hold.place')} onSubmit={save} onClose={onClose}>
      {caseId === null && (
        <TextInput
          label={t('details.case')}
          placeholder="7QF3K-M9XDA"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          pattern={caseIdPattern}
          title={t('retention.no-case-id')}
          required
          withAsterisk={false}
          data-autofocus
        />
      )}
      <Textarea
        label={t('hold.reason')}
        description={t('hold.reason-says')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
        required
        withAsterisk={false}
        autosize
        minRows={2}
        {...(caseId === null ? {} : { 'data-autofocus': true })}
      />
      <TextInput
        type="date"
        label={t('hold.end')}
        description={t('hold.end-says')}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
