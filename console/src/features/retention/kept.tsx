import type { KeptClass } from '@samtal/contract/retention';
import { useQuery } from '@tanstack/react-query';
import { useText } from '../../text/index.ts';
import { Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { retentionQuery } from './queries.ts';
import classes from './retention.module.css';

/** Every class of data: what it is for, how long it is kept, and what ends it. */
export function Kept() {
  const { t } = useText();
  const retention = useQuery(retentionQuery(useAccount().id));
  return (
    <Rows query={retention} label={t('retention.kept')} isEmpty={false} empty={null}>
      {retention.data?.classes.map((each) => (
        <Row
          key={each.dataClass}
          title={t(`data-class.${each.dataClass}`)}
          says={t(`data-class.${each.dataClass}-says`)}
          badges={
            <>
              <ToneBadge tone={each.personal === 'no' ? 'neutral' : 'warning'}>
                {t(`retention.personal.${each.personal}`)}
              </ToneBadge>
              {each.onRequest && <ToneBadge tone="good">{t('retention.on-request')}</ToneBadge>}
            </>
          }
          actions={<Period kept={each} />}
        />
      ))}
    </Rows>
  );
}

const untilWord: Partial<Record<KeptClass['kept'], 'account' | 'redaction'>> = {
  account: 'account',
  'until-redaction': 'redaction',
};

function Period({ kept }: { kept: KeptClass }) {
  const { t, count } = useText();
  if (kept.asLongAs !== null)
    return (
      <span className={classes.period}>
        {t('retention.as-long-as', { other: t(`data-class.${kept.asLongAs}`) })}
      </span>
    );
  if (kept.days === null)
    return (
      <span className={classes.period}>
        {t(`retention.until.${untilWord[kept.kept] ?? 'removed'}`)}
        {kept.setting !== null && <small>{t('retention.by-setting')}</small>}
      </span>
    );
  return (
    <span className={classes.period}>
      <strong>{count('retention.days', kept.days)}</strong>
      {kept.from !== null && <small>{t(`retention.from.${kept.from}`)}</small>}
      {kept.setting !== null && <small>{t('retention.by-setting')}</small>}
    </span>
  );
}
