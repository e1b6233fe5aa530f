import { ActionIcon, Button, Select, TextInput, Tooltip } from '@mantine/core';
import type { AuditEntry } from '@samtal/contract/audit';
import { IconHistory, IconRefresh, IconSearch, IconX } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useText } from '../../text/index.ts';
import { EmptyState, Rows } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { emptyFields, filterOf, isEmpty, type AuditFields } from './audit-filter.ts';
import { EntryRow } from './entry-row.tsx';
import { entriesQuery } from './queries.ts';
import classes from './audit.module.css';

interface EntriesProps {
  fields: AuditFields;
  onChange: (fields: AuditFields) => void;
}

/** What stands in the trail, newest first, day by day. */
export function Entries({ fields, onChange }: EntriesProps) {
  const { t, formats } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const query = entriesQuery(account.id, filterOf(fields));
  const found = useInfiniteQuery({ ...query, placeholderData: keepPreviousData });
  const list = found.data?.pages.flatMap((page) => page.items) ?? [];
  const byDay = Map.groupBy(list, ({ at }) => formats.day(at));
  const refresh = () => void queryClient.resetQueries({ queryKey: query.queryKey });

  return (
    <>
      <Filter fields={fields} onChange={onChange} onRefresh={refresh} />
      <div aria-live="polite" aria-busy={found.isFetching}>
        {list.length === 0 ? (
          <Rows
            query={found}
            label={t('audit.entries')}
            isEmpty
            empty={
              isEmpty(fields) ? (
                <EmptyState icon={IconHistory} title={t('audit.none')} says={t('audit.none-says')} />
              ) : (
                <EmptyState
                  icon={IconSearch}
                  title={t('nothing-found')}
                  says={t('audit.none-found')}
                  action={
                    <Button variant="default" onClick={() => onChange(emptyFields)}>
                      {t('find.clear')}
                    </Button>
                  }
                />
              )
            }
          >
            {null}
          </Rows>
        ) : (
          [...byDay].map(([day, entries]) => (
            <section key={day} className={classes.day}>
              <h2>{day}</h2>
              <ul>
                {entries.map((entry: AuditEntry) => (
                  <EntryRow key={entry.seq} entry={entry} fields={fields} onNarrow={onChange} />
                ))}
              </ul>
            </section>
          ))
        )}
      </div>
      {found.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t('load-more')}
        </Button>
      )}
    </>
  );
}

/** The features whose actions are in the trail, in the order of their names. */
const features = [
  'access',
  'accounts',
  'activity-log',
  'audit',
  'canned-replies',
  'conversations',
  'data-services',
  'history',
  'media',
  'retention',
  'routing',
  'search',
  'settings',
  'signin',
  'sites',
  'subject-access',
  'users',
  'visitors',
] as const;

function Filter({ fields, onChange, onRefresh }: EntriesProps & { onRefresh: () => void }) {
  const { t } = useText();
  const set = (change: Partial<AuditFields>) => onChange({ ...fields, ...change });
  return (
    <search className={classes.filter}>
      <Select
        label={t('audit.what')}
        placeholder={t('find.any')}
        data={features
          .map((feature) => ({ value: feature, label: t(`audit.feature.${feature}`) }))
          .toSorted((a, b) => a.label.localeCompare(b.label))}
        value={fields.feature === '' ? null : fields.feature}
        onChange={(feature) => set({ feature: feature ?? '' })}
        searchable
        clearable
      />
      <TextInput
        type="date"
        label={t('audit.from-day')}
        value={fields.from}
        onChange={(event) => set({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t('audit.until-day')}
        value={fields.until}
        onChange={(event) => set({ until: event.currentTarget.value })}
      />
      <div className={classes.narrowed}>
        {fields.actor !== null && (
          <NarrowedTo
            words={t('audit.by', { name: fields.actor.name })}
            onClear={() => set({ actor: null })}
          />
        )}
        {fields.subject !== null && (
          <NarrowedTo
            words={t('audit.about', { name: fields.subject.name })}
            onClear={() => set({ subject: null })}
          />
        )}
        {!isEmpty(fields) && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconX size={14} />}
            onClick={() => onChange(emptyFields)}
          >
            {t('find.clear')}
          </Button>
        )}
      </div>
      <Tooltip label={t('audit.refresh')}>
        <ActionIcon className={classes.refresh} aria-label={t('audit.refresh')} onClick={onRefresh}>
          <IconRefresh size={18} />
        </ActionIcon>
      </Tooltip>
    </search>
  );
}

function NarrowedTo({ words, onClear }: { words: string; onClear: () => void }) {
  const { t } = useText();
  return (
    <span className={classes.chip}>
      {words}
      <button type="button" aria-label={t('audit.widen', { what: words })} onClick={onClear}>
        <IconX size={14} />
      </button>
    </span>
  );
}
