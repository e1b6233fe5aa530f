import { Tooltip } from '@mantine/core';
import type { AuditEntry } from '@samtal/contract/audit';
import { IconRobot, IconTerminal2, IconUser, IconUserQuestion, IconWorld } from '@tabler/icons-react';
import { Fragment } from 'react';
import { useText } from '../../text/index.ts';
import type { AuditFields } from './audit-filter.ts';
import { entryDetails, shortId } from './entry-details.ts';
import classes from './audit.module.css';

const actorIcons: Record<string, typeof IconUser> = {
  user: IconUser,
  visitor: IconWorld,
  system: IconRobot,
  operator: IconTerminal2,
};

interface EntryRowProps {
  entry: AuditEntry;
  fields: AuditFields;
  /** Narrows the list to who did it, or to what it was done to. */
  onNarrow: (fields: AuditFields) => void;
}

export function EntryRow({ entry, fields, onNarrow }: EntryRowProps) {
  const { t, has, formats } = useText();
  const { actor, action, at, seq } = entry;
  const Icon = actorIcons[actor.kind] ?? IconUserQuestion;
  const actorKey: string = `audit.actor.${actor.kind}`;
  const actorName = actor.name ?? (has(actorKey) ? t(actorKey) : actor.kind);
  const details = entryDetails(entry.details, entry.names);
  return (
    <li className={classes.entry}>
      <span className={classes.icon} aria-hidden="true">
        <Icon size={16} />
      </span>
      <div className={classes.words}>
        <p>
          <Narrowing
            name={actorName}
            narrows={actor.id === null || fields.actor?.id === actor.id ? null : actor.id}
            onNarrow={(id) => onNarrow({ ...fields, actor: { id, name: actorName } })}
          />{' '}
          <Sentence entry={entry} fields={fields} onNarrow={onNarrow} />
        </p>
        {details.length > 0 && (
          <dl className={classes.details}>
            {details.map(({ name, value }) => {
              const key: string = `audit.detail.${name}`;
              return (
                <div key={name}>
                  <dt>{has(key) ? t(key) : name}</dt>
                  <dd>{value}</dd>
                </div>
              );
            })}
          </dl>
        )}
      </div>
      <div className={classes.when}>
        <Tooltip label={at.replace('T', ' ').replace('Z', ' UTC')}>
          <time dateTime={at}>{formats.time(at)}</time>
        </Tooltip>
        <span title={action}>
          <span className={classes.code}>{action}</span> #{seq}
        </span>
      </div>
    </li>
  );
}

/** What was done, in words; where there are none for it yet, its code. */
function Sentence({ entry: { action, subject }, fields, onNarrow }: EntryRowProps) {
  const { t, has } = useText();
  const key: string = `audit.action.${action}`;
  const text = has(key) ? t(key, { subject: '\0' }) : `${action}${subject === null ? '' : ' \0'}`;
  if (subject === null) return text.replace('\0', '').trimEnd();
  const name = subject.name ?? shortId(subject.id);
  const [before, after] = text.split('\0');
  return (
    <Fragment>
      {before}
      {after === undefined ? null : (
        <Narrowing
          name={name}
          narrows={fields.subject?.id === subject.id ? null : subject.id}
          onNarrow={(id) => onNarrow({ ...fields, subject: { id, name } })}
        />
      )}
      {after}
    </Fragment>
  );
}

/** A name that narrows the list to itself, when there is an id to go by. */
function Narrowing({
  name,
  narrows,
  onNarrow,
}: {
  name: string;
  narrows: string | null;
  onNarrow: (id: string) => void;
}) {
  const { t } = useText();
  if (narrows === null) return <strong>{name}</strong>;
  return (
    <button
      type="button"
      className={classes.name}
      title={t('audit.narrow', { name })}
      onClick={() => onNarrow(narrows)}
    >
      {name}
    </button>
  );
}
