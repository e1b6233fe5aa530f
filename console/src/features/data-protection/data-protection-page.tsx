import { Button, Skeleton, Stack } from '@mantine/core';
import { IconBraces, IconFileTypeHtml, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { useText } from '../../text/index.ts';
import { ErrorState, Page } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { recordQuery } from './queries.ts';
import { RecordView } from './record-view.tsx';
import { saveFile, standalonePage } from './save-file.ts';

/** The record of processing of the account, as its configuration says it now (G11): to read, to print, to keep. */
export function DataProtectionPage() {
  const { t, locale } = useText();
  const account = useAccount();
  const record = useQuery(recordQuery(account.id));
  const article = useRef<HTMLElement>(null);
  const { data } = record;
  const fileName = `${t('record.file')}-${data?.generatedAt.slice(0, 10) ?? ''}`;

  const saveJson = () =>
    saveFile(`${fileName}.json`, { type: 'application/json', content: `${JSON.stringify(data, null, 2)}\n` });
  const saveHtml = () => {
    if (article.current === null) return;
    const title = `${t('record.title')} – ${data?.account.name ?? ''}`;
    const content = standalonePage(article.current, { title, locale });
    saveFile(`${fileName}.html`, { type: 'text/html', content });
  };
  return (
    <Page
      title={t('admin.data-protection')}
      says={t('record.says')}
      actions={
        data !== undefined && (
          <>
            <Button variant="default" leftSection={<IconBraces size={16} />} onClick={saveJson}>
              {t('record.save-json')}
            </Button>
            <Button variant="default" leftSection={<IconFileTypeHtml size={16} />} onClick={saveHtml}>
              {t('record.save-html')}
            </Button>
            <Button leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
              {t('record.print')}
            </Button>
          </>
        )
      }
    >
      {record.isLoading && (
        <Stack role="status" aria-label={t('loading')}>
          <Skeleton height={28} width="40%" />
          <Skeleton height={160} />
          <Skeleton height={240} />
        </Stack>
      )}
      {record.error !== null && data === undefined && (
        <ErrorState error={record.error} onRetry={() => void record.refetch()} />
      )}
      {data !== undefined && <RecordView ref={article} record={data} />}
    </Page>
  );
}
