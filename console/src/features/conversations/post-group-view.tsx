import { Button } from '@mantine/core';
import {
  IconAlertCircle,
  IconCheck,
  IconChecks,
  IconClock,
  IconEyeCheck,
  IconEyeOff,
  IconNotes,
  type Icon,
} from '@tabler/icons-react';
import { useProblemText, Refusal } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FileView } from '../media/index.ts';
import { useLive } from '../realtime/index.ts';
import { useSession } from '../signin/index.ts';
import type { Post, PostGroup, PostStatus } from './transcript.ts';
import classes from './transcript.module.css';

/** What one person wrote in a row. */
export function PostGroupView({ group, mayLink }: { group: PostGroup; mayLink: boolean }) {
  const { t, formats } = useText();
  const session = useSession();
  const isOwn = group.authorId !== null && group.authorId === session?.user.id;
  const author =
    group.side === 'visitor' ? (group.author ?? t('visitor')) : isOwn ? t('you') : (group.author ?? '');
  const first = group.posts[0];

  return (
    <div className={classes.group} data-side={group.side}>
      <p className={classes.author}>
        {group.side === 'note' && <IconNotes size={14} aria-hidden="true" />}
        <span>{group.side === 'note' ? t('note.by', { name: author }) : author}</span>
        {first !== undefined && (
          <time dateTime={new Date(first.at).toISOString()}>{formats.time(first.at)}</time>
        )}
      </p>
      {group.posts.map((post, index) => (
        <PostView key={post.key} post={post} marked={index === group.posts.length - 1} mayLink={mayLink} />
      ))}
    </div>
  );
}

function PostView({ post, marked, mayLink }: { post: Post; marked: boolean; mayLink: boolean }) {
  const waits = post.status === 'sending' || post.status === 'refused';
  return (
    <>
      <div className={classes.bubble} data-status={post.status ?? undefined}>
        {post.file === null ? post.text : <FileView file={post.file} mayLink={mayLink} />}
      </div>
      {post.redaction !== null && <RedactionMark at={post.redaction.at} />}
      {post.status === 'refused' && <RefusedPost post={post} />}
      {post.status !== null && post.status !== 'refused' && (marked || waits) && (
        <StatusMark status={post.status} />
      )}
    </>
  );
}

const marks: Record<Exclude<PostStatus, null | 'refused'>, Icon> = {
  sending: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconEyeCheck,
};

/** That the numbers of a message will be hidden, and when. */
function RedactionMark({ at }: { at: string | null }) {
  const { t, formats } = useText();
  const says = at === null ? t('redaction.when-resolved') : t('redaction.at', { when: formats.dateTime(at) });
  return (
    <p className={classes.mark}>
      <IconEyeOff size={14} aria-hidden="true" />
      <span>{says}</span>
    </p>
  );
}

function StatusMark({ status }: { status: keyof typeof marks }) {
  const { t } = useText();
  const Mark = marks[status];
  return (
    <p className={classes.mark} data-status={status}>
      <Mark size={14} aria-hidden="true" />
      <span>{t(`status.${status}`)}</span>
    </p>
  );
}

/** A post that was refused for good: why, and what can be done with it. */
function RefusedPost({ post: { pending } }: { post: Post }) {
  const { t } = useText();
  const live = useLive();
  const problemText = useProblemText();
  if (pending === null || pending.refused === null) return null;
  return (
    <div className={classes.refused} role="alert">
      <p>
        <IconAlertCircle size={15} aria-hidden="true" /> {t('post.refused')}{' '}
        {problemText(new Refusal(pending.refused))}
      </p>
      <div>
        <Button size="compact-xs" variant="default" onClick={() => live.retry(pending)}>
          {t('post.retry')}
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => live.discard(pending)}>
          {t('post.discard')}
        </Button>
      </div>
    </div>
  );
}
