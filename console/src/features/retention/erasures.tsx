import { Button } from '@mantine/core';
import { getErasureRecord, type Erasure } from '@samtal/contract/retention';
import { IconDownload, IconEraser, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { EmptyState, Row, Rows, ToneBadge, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { EraseDialog } from './erase-dialog.tsx';
import { ErasureSteps } from './erasure-steps.tsx';
import { erasuresQuery } from './queries.ts';
import classes from './retention.module.css';

/** What somebody asked to have erased, and how far each has come. */
export function Erasures() {
  const { t } = useText();
  const erasures = useInfiniteQuery({ ...erasuresQuery(useAccount().id), refetchInterval: 30_000 });
  const items = erasures.data?.pages.flatMap((page) => page.items) ?? [];
  const [asking, setAsking] = useState(false);
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setAsking(true)}>
      {t('erasure.ask')}
    </Button>
  );
  return (
    <>
      {items.length > 0 && <div className={classes.bar}>{add}</div>}
      <Rows
        query={erasures}
        label={t('retention.erasures')}
        isEmpty={items.length === 0}
        empty={
          <EmptyState
            icon={IconEraser}
            title={t('erasure.none')}
            says={t('erasure.none-says')}
            action={add}
          />
        }
      >
        {items.map((each) => (
          <ErasureRow key={each.id} erasure={each} />
        ))}
      </Rows>
      {erasures.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={erasures.isFetchingNextPage}
          onClick={() => void erasures.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
      {asking && <EraseDialog caseId={null} onClose={() => setAsking(false)} />}
    </>
  );
}

function ErasureRow({ erasure }: { erasure: Erasure }) {
  const { t, formats, count } = useText();
  const title =
    erasure.wanted === 'attribute'
      ? t('erasure.of.attribute', { attribute: erasure.attribute ?? '' })
      : t(`erasure.of.${erasure.wanted}`);
  const asked = t('erasure.asked', {
    at: formats.dateTime(erasure.requestedAt),
    name: erasure.requestedByName ?? t('hold.somebody'),
  });
  return (
    <Row
      title={
        <>
          {title}
          {erasure.reference !== '' && <span className={classes.of}>{erasure.reference}</span>}
        </>
      }
      says={
        <>
          {asked}
          <ErasureSteps erasure={erasure} />
        </>
      }
      badges={
        <>
          <ToneBadge tone="neutral">
            {erasure.wanted === 'address'
              ? count('erasure.log-lines', erasure.logLines)
              : count('retention.transcripts', erasure.conversations)}
          </ToneBadge>
          {erasure.held > 0 && <ToneBadge tone="warning">{count('erasure.held', erasure.held)}</ToneBadge>}
        </>
      }
      actions={erasure.hasRecord ? <RecordButton erasureId={erasure.id} /> : undefined}
    />
  );
}

/** Saves the signed record as the file that `samtal erasures verify` reads. */
function RecordButton({ erasureId }: { erasureId: string }) {
  const { t } = useText();
  const report = useReport();
  const accountId = useAccount().id;
  const save = async () => {
    const record = await call(getErasureRecord, { params: { accountId, erasureId } });
    const file = new Blob([`${JSON.stringify(record, null, 2)}\n`], { type: 'application/json' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `erasure-${erasureId.slice(0, 8)}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={14} />}
      aria-label={t('erasure.record-says')}
      onClick={() => void save().catch(report)}
    >
      {t('erasure.record')}
    </Button>
  );
}
