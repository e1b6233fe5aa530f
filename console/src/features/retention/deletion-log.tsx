import { Button, TextInput } from '@mantine/core';
import type { Deletion } from '@samtal/contract/retention';
import { IconFileShredder, IconSearch, IconSearchOff } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../text/index.ts';
import { EmptyState, Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { caseIdOf } from './case-id.ts';
import { deletionsQuery } from './queries.ts';
import classes from './retention.module.css';

/** What was deleted, when and why. A case is found by its id alone: the log does not say what it was. */
export function DeletionLog() {
  const { t, formats, count } = useText();
  const [typed, setTyped] = useState('');
  const [wanted, setWanted] = useState<string | null>(null);
  const [isWrong, setIsWrong] = useState(false);
  const deletions = useInfiniteQuery(deletionsQuery(useAccount().id, wanted));
  const items = deletions.data?.pages.flatMap((page) => page.items) ?? [];

  const search = () => {
    const caseId = typed.trim() === '' ? null : caseIdOf(typed);
    setIsWrong(typed.trim() !== '' && caseId === null);
    if (typed.trim() === '' || caseId !== null) setWanted(caseId);
  };
  return (
    <>
      <form
        className={classes.ask}
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          search();
        }}
      >
        <TextInput
          label={t('retention.find-case')}
          description={t('retention.find-case-says')}
          placeholder="7QF3K-M9XDA"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={isWrong ? t('retention.no-case-id') : undefined}
        />
        <Button type="submit" variant="default" leftSection={<IconSearch size={16} />}>
          {t('retention.find')}
        </Button>
      </form>
      <Rows
        query={deletions}
        label={t('retention.log')}
        isEmpty={items.length === 0}
        empty={
          wanted === null ? (
            <EmptyState
              icon={IconFileShredder}
              title={t('retention.log-none')}
              says={t('retention.log-none-says')}
            />
          ) : (
            <EmptyState
              icon={IconSearchOff}
              title={t('retention.case-none')}
              says={t('retention.case-none-says')}
            />
          )
        }
      >
        {items.map((each) => (
          <Row
            key={each.id}
            title={
              wanted === null
                ? t('retention.deleted-count', {
                    count: formats.number(each.count),
                    what: t(`data-class.${each.dataClass}`),
                  })
                : t('retention.case-deleted', { case: wanted.toUpperCase() })
            }
            says={`${formats.dateTime(each.at)} · ${why(each, { t, count })}`}
            badges={
              <ToneBadge tone={each.cause === 'retention' ? 'neutral' : 'accent'}>
                {t(`retention.cause.${each.cause}`)}
              </ToneBadge>
            }
          />
        ))}
      </Rows>
      {deletions.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={deletions.isFetchingNextPage}
          onClick={() => void deletions.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
    </>
  );
}

function why(deletion: Deletion, { t, count }: Pick<ReturnType<typeof useText>, 't' | 'count'>): string {
  if (deletion.settingDays === null || deletion.settingOrigin === null)
    return t(`retention.cause-says.${deletion.cause}`);
  const days = count('retention.days', deletion.settingDays);
  const origin = t(`retention.origin.${deletion.settingOrigin}`);
  const version =
    deletion.settingVersion === null
      ? ''
      : ` ${t('retention.version', { version: String(deletion.settingVersion) })}`;
  return `${t('retention.kept-for', { days })} ${origin}${version}`;
}
