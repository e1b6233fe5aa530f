import { Alert, Button, Select } from '@mantine/core';
import {
  previewReasons,
  type AccountRule,
  type MaskingPreview,
  type previewMasking,
  type PreviewReason,
} from '@samtal/contract/masking';
import type { BodyOf } from '@samtal/contract/endpoint';
import { IconEye } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';
import { MarkedText } from './marked-text.tsx';
import classes from './masking.module.css';
import { preview } from './queries.ts';
import { useFoundText } from './use-found-text.ts';

type Draft = Omit<BodyOf<typeof previewMasking>, 'reason'>;

/** The draft on the newest texts that its author may read: what it would have masked in them. */
export function RecentTexts({
  draft,
  rules,
  onRefused,
}: {
  draft: Draft;
  rules: readonly AccountRule[];
  onRefused: (error: unknown) => void;
}) {
  const { t } = useText();
  const account = useAccount();
  const problemText = useProblemText();
  const [reason, setReason] = useState<PreviewReason | null>(null);
  const looking = useMutation({
    mutationFn: async (why: PreviewReason) => ({
      of: JSON.stringify(draft),
      ...(await preview(account.id, { ...draft, reason: why })),
    }),
    onError: onRefused,
  });
  const isOld = looking.data !== undefined && looking.data.of !== JSON.stringify(draft);
  return (
    <>
      <p className={classes.hint}>{t('masking.why-says')}</p>
      <div className={classes.tools}>
        <Select
          label={t('masking.why')}
          data={previewReasons.map((each) => ({ value: each, label: t(`masking.why-${each}`) }))}
          value={reason}
          onChange={(chosen) => setReason(previewReasons.find((each) => each === chosen) ?? null)}
          placeholder={t('masking.choose')}
          w="22rem"
          maw="100%"
        />
        <Button
          leftSection={<IconEye size={16} />}
          loading={looking.isPending}
          disabled={reason === null}
          onClick={() => reason !== null && looking.mutate(reason)}
        >
          {t('masking.look')}
        </Button>
      </div>
      {looking.error !== null && (
        <Alert color="red" variant="light" role="alert" mb="md">
          {problemText(looking.error)}
        </Alert>
      )}
      {isOld && (
        <Alert color="yellow" variant="light" mb="md">
          {t('masking.older-draft')}
        </Alert>
      )}
      {looking.data !== undefined && <Shown preview={looking.data} rules={rules} />}
    </>
  );
}

function Shown({
  preview: { looked, unreadable, items },
  rules,
}: {
  preview: MaskingPreview;
  rules: readonly AccountRule[];
}) {
  const { t, count, formats } = useText();
  const found = useFoundText(rules);
  return (
    <>
      <p role="status" className={classes.legend}>
        <span>{count('masking.looked', looked)}</span>
        <span>{count('masking.more', items.length)}</span>
        {unreadable > 0 && <span>{count('masking.unreadable', unreadable)}</span>}
      </p>
      {items.length === 0 && <p className={classes.none}>{t('masking.nothing-more')}</p>}
      {items.length > 0 && (
        <ul className={classes.texts} aria-label={t('masking.recent')}>
          {items.map((item) => (
            <li key={`${item.conversationId} ${item.audience} ${item.seq}`}>
              <span className={classes.where}>
                <Link to="/find/$conversationId" params={{ conversationId: item.conversationId }}>
                  {item.caseId}
                </Link>{' '}
                · {t(`masking.by-${item.audience === 'internal' ? 'note' : item.by}`)} ·{' '}
                {formats.dateTime(item.at)}
              </span>
              <MarkedText
                text={item.text}
                marks={item.masked.map(({ start, end, ...of }) => ({
                  start,
                  end,
                  as: 'new',
                  title: found(of),
                }))}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
