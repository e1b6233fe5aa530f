import { ActionIcon, Skeleton, Tooltip } from '@mantine/core';
import { imageTypes, type SentFile } from '@samtal/contract/media';
import { IconDownload, IconFile, IconFileTypePdf, IconLink, IconPhoto } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useText } from '../../text/index.ts';
import { announce, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { fileQuery, linkTo } from './queries.ts';
import classes from './media.module.css';

/** A file in a transcript: a picture as such, and what can be done with it. */
export function FileView({ file, mayLink }: { file: SentFile; mayLink: boolean }) {
  const { t, formats } = useText();
  const account = useAccount();
  const client = useQueryClient();
  const report = useReport();
  const isImage = imageTypes.has(file.type);
  const FileIcon = isImage ? IconPhoto : file.type === 'pdf' ? IconFileTypePdf : IconFile;

  const save = async () => saveAs(await client.fetchQuery(fileQuery(account.id, file.mediaId)), file.name);
  const copyLink = async () => {
    await navigator.clipboard.writeText(await linkTo(account.id, file.mediaId));
    announce(t('files.link-copied'));
  };
  return (
    <div className={classes.file}>
      {isImage && <Picture file={file} />}
      <div className={classes.fileRow}>
        <FileIcon size={20} aria-hidden="true" />
        <span className={classes.fileWords}>
          <span className={classes.name} dir="auto">
            {file.name}
          </span>
          <small>{formats.number(kilobytes(file.sizeBytes))} kB</small>
        </span>
        {mayLink && (
          <Tooltip label={t('files.copy-link')}>
            <ActionIcon
              aria-label={t('files.copy-link-of', { name: file.name })}
              onClick={() => void report(copyLink())}
            >
              <IconLink size={17} />
            </ActionIcon>
          </Tooltip>
        )}
        <Tooltip label={t('files.save')}>
          <ActionIcon
            aria-label={t('files.save-of', { name: file.name })}
            onClick={() => void report(save())}
          >
            <IconDownload size={17} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}

/** Shown from memory: no address ever leads to it. */
function Picture({ file }: { file: SentFile }) {
  const { t } = useText();
  const account = useAccount();
  const { data: content, isLoading } = useQuery(fileQuery(account.id, file.mediaId));
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    if (content === undefined || image.current === null) return;
    const address = URL.createObjectURL(content);
    image.current.src = address;
    return () => URL.revokeObjectURL(address);
  }, [content]);
  if (isLoading) return <Skeleton width={240} className={classes.picture} aria-label={t('files.loading')} />;
  if (content === undefined) return null;
  return <img ref={image} className={classes.picture} alt={t('files.picture', { name: file.name })} />;
}

function saveAs(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function kilobytes(sizeBytes: number): number {
  return Math.max(1, Math.round(sizeBytes / 1000));
}
