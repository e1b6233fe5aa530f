import {
  Button,
  Group,
  SegmentedControl,
  Select,
  Skeleton,
  Table,
  TextInput,
  VisuallyHidden,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { conversationStates, type Conversation } from '@samtal/contract/conversations';
import { IconMessageSearch, IconSearch, IconX } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { EmptyState, ErrorState, Page } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useColleagues, useQueues } from '../routing/index.ts';
import { findByAttributesQuery, useAttributes } from '../visitors/index.ts';
import { emptyFields, filterOf, type FindFields } from './find-filter.ts';
import { StateBadge } from './link-badge.tsx';
import { findQuery } from './queries.ts';
import { RatingMark } from './rating-mark.tsx';
import { useTags } from './tags-editor.tsx';
import { TextResults } from './text-results.tsx';
import { useFindFields, useFindMode, type FindMode } from './use-find-fields.ts';
import classes from './find.module.css';

export function FindPage() {
  const { t } = useText();
  const account = useAccount();
  const [fields, setFields] = useFindFields();
  const [mode, setMode] = useFindMode();
  const [settled] = useDebouncedValue(fields, 300);
  const maySearch = account.can('conversations.read');
  const searches = maySearch && mode === 'texts';

  return (
    <Page
      title={t('nav.find')}
      says={t(searches ? 'find.texts-says' : 'find.says')}
      actions={
        maySearch && (
          <SegmentedControl
            aria-label={t('find.mode')}
            data={[
              { value: 'facts', label: t('find.facts') },
              { value: 'texts', label: t('find.texts') },
            ]}
            value={mode}
            onChange={(value) => setMode(value)}
          />
        )
      }
    >
      <FindForm fields={fields} mode={searches ? 'texts' : 'facts'} onChange={setFields} />
      {searches ? (
        <Texts fields={settled} />
      ) : (
        <Facts fields={settled} onClear={() => setFields(emptyFields)} />
      )}
    </Page>
  );
}

/** What the texts hold, once there is something to look for. */
function Texts({ fields }: { fields: FindFields }) {
  const { t } = useText();
  const words = fields.words.trim();
  const filter = useMemo(() => {
    const criteria = filterOf(fields);
    return criteria === null || words.length < 2 ? null : { ...criteria, words };
  }, [fields, words]);
  if (filter === null)
    return (
      <EmptyState icon={IconMessageSearch} title={t('find.texts-start')} says={t('find.texts-start-says')} />
    );
  return <TextResults key={JSON.stringify(filter)} filter={filter} />;
}

function Facts({ fields, onClear }: { fields: FindFields; onClear: () => void }) {
  const { t } = useText();
  const account = useAccount();
  const filter = filterOf(fields);
  const value = fields.value.trim();
  const byAttribute = fields.attribute !== '' && value !== '';
  const plain = useInfiniteQuery({
    ...findQuery(account.id, filter ?? {}),
    enabled: filter !== null && !byAttribute,
    placeholderData: keepPreviousData,
  });
  const attributed = useInfiniteQuery({
    ...findByAttributesQuery(account.id, { ...filter, attributes: [{ key: fields.attribute, value }] }),
    enabled: filter !== null && byAttribute,
  });
  const found = byAttribute ? attributed : plain;
  const list = filter === null ? [] : (found.data?.pages.flatMap((page) => page.items) ?? []);

  return (
    <>
      <div aria-live="polite">
        {found.isLoading && <Skeleton height={320} radius="md" aria-label={t('loading')} />}
        {found.error !== null && found.data === undefined && (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        )}
        {list.length > 0 && <Results list={list} />}
        {list.length === 0 && (filter === null || found.data !== undefined) && (
          <EmptyState
            icon={IconSearch}
            title={t('find.none')}
            says={t('find.none-says')}
            action={
              <Button variant="default" onClick={onClear}>
                {t('find.clear')}
              </Button>
            }
          />
        )}
      </div>
      {found.hasNextPage && filter !== null && (
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

interface FindFormProps {
  fields: FindFields;
  mode: FindMode;
  onChange: (fields: FindFields) => void;
}

function FindForm({ fields, mode, onChange }: FindFormProps) {
  const { t } = useText();
  const account = useAccount();
  const tags = useTags();
  const attributes = useAttributes();
  const findable = account.can('visitors.find') ? (attributes.data ?? []).filter((each) => each.indexed) : [];
  const queues = useQueues();
  const agents = useColleagues();
  const set = (name: keyof FindFields) => (value: string | null) =>
    onChange({ ...fields, [name]: value ?? '' });
  const filled = Object.values(fields).some((value) => value !== '');

  return (
    <search className={classes.form}>
      {mode === 'texts' && (
        <TextInput
          className={classes.words}
          label={t('find.words')}
          placeholder={t('find.words-hint')}
          value={fields.words}
          onChange={(event) => set('words')(event.currentTarget.value)}
          maxLength={200}
          autoComplete="off"
          data-autofocus
        />
      )}
      <TextInput
        label={t('details.case')}
        placeholder="ABCDE-12345"
        value={fields.caseId}
        onChange={(event) => set('caseId')(event.currentTarget.value)}
        maxLength={20}
        spellCheck={false}
        autoComplete="off"
        error={filterOf(fields) === null && fields.caseId.length >= 10 ? t('find.case-invalid') : null}
      />
      <Select
        label={t('details.state')}
        placeholder={t('find.any')}
        data={conversationStates.map((state) => ({ value: state, label: t(`state.${state}`) }))}
        value={fields.state === '' ? null : fields.state}
        onChange={set('state')}
        clearable
      />
      {(tags.data ?? []).length > 0 && (
        <Select
          label={t('find.tag')}
          placeholder={t('find.any')}
          data={tags.data ?? []}
          value={fields.tag === '' ? null : fields.tag}
          onChange={set('tag')}
          searchable
          clearable
        />
      )}
      <Select
        label={t('details.queue')}
        placeholder={t('find.any')}
        data={(queues.data ?? []).map((queue) => ({ value: queue.id, label: queue.name }))}
        value={fields.queueId === '' ? null : fields.queueId}
        onChange={set('queueId')}
        searchable
        clearable
      />
      <Select
        label={t('details.agent')}
        placeholder={t('find.any')}
        data={(agents.data ?? []).map((agent) => ({ value: agent.userId, label: agent.name }))}
        value={fields.agentId === '' ? null : fields.agentId}
        onChange={set('agentId')}
        searchable
        clearable
      />
      <TextInput
        type="date"
        label={t('find.from')}
        value={fields.from}
        onChange={(event) => set('from')(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label={t('find.until')}
        value={fields.until}
        onChange={(event) => set('until')(event.currentTarget.value)}
      />
      {mode === 'facts' && findable.length > 0 && (
        <>
          <Select
            label={t('find.attribute')}
            placeholder={t('find.any')}
            data={findable.map(({ key, label }) => ({ value: key, label }))}
            value={fields.attribute === '' ? null : fields.attribute}
            onChange={set('attribute')}
            clearable
          />
          {fields.attribute !== '' && (
            <TextInput
              label={t('find.value')}
              value={fields.value}
              onChange={(event) => set('value')(event.currentTarget.value)}
              maxLength={500}
              spellCheck={false}
              autoComplete="off"
            />
          )}
        </>
      )}
      {filled && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconX size={16} />}
          className={classes.clear}
          onClick={() => onChange(emptyFields)}
        >
          {t('find.clear')}
        </Button>
      )}
    </search>
  );
}

/** A table where there is room, cards where there is not. */
function Results({ list }: { list: readonly Conversation[] }) {
  const { t, formats } = useText();
  const navigate = useNavigate();
  const open = (conversationId: string) =>
    void navigate({ to: '/find/$conversationId', params: { conversationId } });
  return (
    <div className={classes.results}>
      <Table className={classes.table} verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('details.case')}</Table.Th>
            <Table.Th>{t('details.state')}</Table.Th>
            <Table.Th>{t('details.queue')}</Table.Th>
            <Table.Th>{t('details.agent')}</Table.Th>
            <Table.Th>{t('details.started')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.map((conversation) => (
            <Table.Tr
              key={conversation.id}
              className={classes.tableRow}
              onClick={() => open(conversation.id)}
            >
              <Table.Td>
                <CaseLink conversation={conversation} />
              </Table.Td>
              <Table.Td>
                <Standing conversation={conversation} />
              </Table.Td>
              <Table.Td>{conversation.queueName}</Table.Td>
              <Table.Td>{conversation.agentName ?? <Nobody />}</Table.Td>
              <Table.Td>{formats.dateTime(conversation.startedAt)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <ul className={classes.cards}>
        {list.map((conversation) => (
          <li key={conversation.id}>
            <CaseLink conversation={conversation} />
            <Standing conversation={conversation} />
            <span>
              {conversation.queueName}
              {conversation.agentName !== null && ` · ${conversation.agentName}`}
              <br />
              {formats.dateTime(conversation.startedAt)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Standing({ conversation: { state, rating } }: { conversation: Conversation }) {
  return (
    <Group gap={6} wrap="nowrap">
      <StateBadge state={state} />
      <RatingMark rating={rating} />
    </Group>
  );
}

function CaseLink({ conversation }: { conversation: Conversation }) {
  return (
    <Link
      to="/find/$conversationId"
      params={{ conversationId: conversation.id }}
      className={classes.caseLink}
      onClick={(event) => event.stopPropagation()}
    >
      {conversation.caseId}
    </Link>
  );
}

function Nobody() {
  const { t } = useText();
  return (
    <>
      <span aria-hidden="true">–</span>
      <VisuallyHidden>{t('details.nobody')}</VisuallyHidden>
    </>
  );
}
