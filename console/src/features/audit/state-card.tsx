import { Button, Skeleton } from '@mantine/core';
import { verifyAuditTrail, type AuditState } from '@samtal/contract/audit';
import { IconClock, IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, CopyIcon, ErrorState, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { stateQuery } from './queries.ts';
import classes from './audit.module.css';

/** Whether the trail is whole, as of the last verification, and what would prove it. */
export function StateCard({ query }: { query: UseQueryResult<AuditState> }) {
  const { t, count, formats } = useText();
  if (query.isLoading) return <Skeleton height={104} radius="lg" mb="lg" aria-label={t('loading')} />;
  if (query.data === undefined)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { verified, checkpoints, newest, prunedTo, fingerprint } = query.data;
  return (
    <section className={classes.state} aria-label={t('audit.state')}>
      <div className={classes.verification}>
        <Verdict verified={verified} />
        <VerifyNow />
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>{t('audit.checkpoints')}</dt>
          <dd>
            {count('audit.checkpoint-count', checkpoints)}
            <span>
              {newest === null
                ? t('audit.no-checkpoint')
                : t('audit.newest-checkpoint', {
                    number: formats.number(newest.number),
                    at: formats.dateTime(newest.at),
                  })}
              {prunedTo !== null && <> · {t('audit.pruned-to', { seq: formats.number(prunedTo) })}</>}
            </span>
          </dd>
        </div>
        <div>
          <dt>{t('audit.fingerprint')}</dt>
          <dd className={classes.fingerprint}>
            <code title={fingerprint}>{(fingerprint.slice(0, 32).match(/.{4}/g) ?? []).join(' ')}…</code>
            <CopyIcon value={fingerprint} label={t('audit.copy-fingerprint')} />
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** Goes through the whole trail now, and says what came of it. */
function VerifyNow() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const report = useReport();
  const [busy, setBusy] = useState(false);
  const look = async () => {
    const state = await call(verifyAuditTrail, { params: { accountId: account.id } });
    queryClient.setQueryData(stateQuery(account.id).queryKey, state);
    // A fault is an alert of its own.
    if (state.verified?.fault === null) announce(t('audit.verified-now'));
  };
  const verify = async () => {
    setBusy(true);
    await report(look()).finally(() => setBusy(false));
  };
  return (
    <Button variant="default" onClick={() => void verify()} loading={busy}>
      {t('audit.verify-now')}
    </Button>
  );
}

function Verdict({ verified }: { verified: AuditState['verified'] }) {
  const { t, count, has, formats } = useText();
  if (verified === null) {
    return (
      <div className={classes.verdict} data-tone="neutral">
        <IconClock size={28} stroke={1.6} aria-hidden="true" />
        <div>
          <strong>{t('audit.never-verified')}</strong>
          <span>{t('audit.never-verified-says')}</span>
        </div>
      </div>
    );
  }
  const at = t('audit.verified-at', { at: formats.dateTime(verified.at) });
  if (verified.fault === null) {
    return (
      <div className={classes.verdict} data-tone="good">
        <IconShieldCheck size={28} stroke={1.6} aria-hidden="true" />
        <div>
          <strong>{t('audit.whole')}</strong>
          <span>
            {at} · {count('audit.verified-entries', verified.entries)}
          </span>
        </div>
      </div>
    );
  }
  const { code, seq } = verified.fault;
  const key: string = `audit.fault.${code}`;
  return (
    <div className={classes.verdict} data-tone="danger" role="alert">
      <IconShieldX size={28} stroke={1.6} aria-hidden="true" />
      <div>
        <strong>{t('audit.not-whole', { seq: formats.number(seq) })}</strong>
        <span>
          {has(key) ? t(key) : code} · {at}.
        </span>
        <ol className={classes.remedy}>
          <li>{t('audit.remedy-keep')}</li>
          <li>{t('audit.remedy-tell')}</li>
          <li>{t('audit.remedy-restored')}</li>
        </ol>
      </div>
    </div>
  );
}
