import { ActionIcon, Button, Progress } from '@mantine/core';
import { IconAlertCircle, IconPaperclip, IconX } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';
import { uploads, type Upload } from './uploads.ts';
import classes from './media.module.css';

/** The files on their way to the visitor, and those that were refused with what to do. */
export function UploadsList({ conversationId }: { conversationId: string }) {
  const { t } = useText();
  const shown = useSyncExternalStore(uploads.subscribe, () => uploads.of(conversationId));
  if (shown.length === 0) return null;
  return (
    <ul className={classes.uploads} aria-label={t('files.on-their-way')}>
      {shown.map((upload) => (
        <UploadItem key={upload.cid} upload={upload} conversationId={conversationId} />
      ))}
    </ul>
  );
}

function UploadItem({ upload, conversationId }: { upload: Upload; conversationId: string }) {
  const { t } = useText();
  const account = useAccount();
  const problemText = useProblemText();
  const { cid, name, sent, refused } = upload;
  const where = { accountId: account.id, conversationId };
  return (
    <li className={classes.upload}>
      <div className={classes.uploadRow}>
        {refused === null ? (
          <IconPaperclip size={16} aria-hidden="true" />
        ) : (
          <IconAlertCircle size={16} aria-hidden="true" className={classes.bad} />
        )}
        <span className={classes.name}>{name}</span>
        {refused !== null && (refused.passing || refused.code === 'media.scanner-unavailable') && (
          <Button size="compact-xs" variant="default" onClick={() => uploads.retry(where, cid)}>
            {t('post.retry')}
          </Button>
        )}
        <ActionIcon
          size="sm"
          aria-label={t(refused === null ? 'files.cancel' : 'files.remove', { name })}
          onClick={() => uploads.remove(conversationId, cid)}
        >
          <IconX size={14} />
        </ActionIcon>
      </div>
      {refused === null ? (
        <Progress value={sent * 100} size="xs" aria-label={t('files.sending', { name })} />
      ) : (
        <p className={classes.why} role="alert">
          {problemText(refused)}
        </p>
      )}
    </li>
  );
}
