import { Button, Progress, Skeleton } from '@mantine/core';
import type { TranscriptFinding } from '@samtal/contract/search';
import { IconEyeOff, IconMessageSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Refusal } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { EmptyState, ErrorState } from '../../ui/index.ts';
import { Highlighted } from './highlighted.tsx';
import { StateBadge } from './link-badge.tsx';
import { RatingMark } from './rating-mark.tsx';
import { useTranscriptSearch, type TextFilter } from './use-transcript-search.ts';
import classes from './text-results.module.css';

/** What a search through transcripts has found so far, and how far it has come. */
export function TextResults({ filter }: { filter: TextFilter }) {
  const { t, formats } = useText();
  const search = useTranscriptSearch(filter);
  const { items, searched, total, state, error, unreadable } = search;

  if (error instanceof Refusal && error.code === 'search.off')
    return <EmptyState icon={IconEyeOff} title={t('find.texts-off')} says={t('find.texts-off-says')} />;
  const progress =
    total === null
      ? t('find.texts-begin')
      : t('find.texts-progress', { searched: formats.number(searched), total: formats.number(total) });
  return (
    <section aria-label={t('find.texts')}>
      <div className={classes.progress}>
        <Progress
          value={total === null || total === 0 ? (state === 'done' ? 100 : 0) : (searched / total) * 100}
          animated={state === 'searching'}
          aria-label={t('find.texts-begin')}
          size="sm"
        />
        <p role="status">
          {progress}
          {unreadable > 0 && ` ${t('find.texts-unreadable', { count: unreadable })}`}
        </p>
      </div>
      {total === null && state === 'searching' && (
        <Skeleton height={160} radius="md" aria-label={t('loading')} />
      )}
      {items.length > 0 && (
        <ul className={classes.findings}>
          {items.map((finding) => (
            <Finding key={finding.conversation.id} finding={finding} words={filter.words} />
          ))}
        </ul>
      )}
      {state === 'done' && items.length === 0 && (
        <EmptyState icon={IconMessageSearch} title={t('find.none')} says={t('find.texts-none-says')} />
      )}
      {state === 'failed' && <ErrorState error={error} onRetry={search.goOn} />}
      {state === 'paused' && (
        <Button variant="default" mt="md" onClick={search.goOn}>
          {t('find.texts-more')}
        </Button>
      )}
    </section>
  );
}

function Finding({ finding, words }: { finding: TranscriptFinding; words: string }) {
  const { t, formats } = useText();
  const { conversation, matches, count } = finding;
  return (
    <li className={classes.finding}>
      <div className={classes.head}>
        <Link
          to="/find/$conversationId"
          params={{ conversationId: conversation.id }}
          className={classes.caseLink}
        >
          {conversation.caseId}
        </Link>
        <StateBadge state={conversation.state} />
        <RatingMark rating={conversation.rating} />
        <span className={classes.where}>
          {conversation.queueName} · {formats.dateTime(conversation.startedAt)}
        </span>
      </div>
      {matches.map((match) => (
        <p key={`${match.audience}-${match.seq}`} className={classes.match} data-kind={match.kind}>
          <span className={classes.by}>
            {t(match.kind === 'note' ? 'find.by-note' : `find.by-${match.by}`)} · {formats.time(match.at)}
          </span>
          <span dir="auto">
            <Highlighted text={match.excerpt} words={words} />
          </span>
        </p>
      ))}
      {count > matches.length && (
        <p className={classes.more}>{t('find.texts-further', { count: count - matches.length })}</p>
      )}
    </li>
  );
}
